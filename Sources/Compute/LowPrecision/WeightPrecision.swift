/// How the matrices of a model that is only read are held.
///
/// `Precision` is another thing: what a training's arithmetic rounds its operands to.
public enum WeightPrecision: String, CaseIterable, Sendable {
  /// As they are.
  case float32
  /// Rounded to the nearest bfloat16: 16 bits, of which eight are the exponent.
  case bfloat16
  /// Integers from -127 to 127, with a scale for each column.
  case int8
}
