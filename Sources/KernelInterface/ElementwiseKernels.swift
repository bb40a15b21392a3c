/// What `ElementwiseKernels.combine` makes of two numbers.
public enum Combination: Sendable, CaseIterable {
  /// x + y.
  case add
  /// x - y.
  case subtract
  /// x y.
  case multiply
  /// x / y.
  case divide
}

/// What `ElementwiseKernels.transform` makes of a number.
public enum Transformation: Sendable {
  /// scale x + offset, rounded once.
  case affine(scale: Float, offset: Float)
  /// x^2.
  case square
  /// x, but no less than `low` and no more than `high`; NaN stays.
  case clamp(low: Float, high: Float)
}

/// Arithmetic on arrays, element by element.
///
/// With `accumulate`, results are added to what the output holds. An output may be one of the inputs,
/// but must not overlap it otherwise.
public protocol ElementwiseKernels {
  /// z = or += x (operation) y.
  static func combine(
    _ operation: Combination, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, _ count: Int, _ accumulate: Bool)

  /// z = or += a x + b y.
  static func scaledSum(
    _ a: Float, _ x: UnsafePointer<Float>, _ b: Float, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, _ count: Int, _ accumulate: Bool)

  /// y = or += operation(x).
  static func transform(
    _ operation: Transformation, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int, _ accumulate: Bool)

  /// dx = or += dy where low <= x <= high, 0 elsewhere.
  static func clampGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>,
    _ count: Int, _ low: Float, _ high: Float, _ accumulate: Bool)

  /// y = value.
  static func fill(_ y: UnsafeMutablePointer<Float>, _ count: Int, _ value: Float)

  /// y [rows, columns] = x [rows, columns] + row [columns].
  static func addRow(
    _ x: UnsafePointer<Float>, _ row: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ rows: Int, _ columns: Int)
}
