/// A function that is applied to each element of a layer's output.
public enum Activation: Equatable, Sendable {
  /// x.
  case identity
  /// max(x, 0).
  case relu
}
