/// What `ReductionKernels.reduce` makes one number of.
public enum Reduction: Sendable, CaseIterable {
  /// The sum of x.
  case sum
  /// The sum of x^2.
  case sumOfSquares
  /// The sum of x y.
  case dot
  /// The sum of (x - y)^2.
  case squaredDistance
  /// The largest |x|; NaN if there is one.
  case largestMagnitude
}

/// Reductions of one block, short enough that single precision holds: Compute cuts arrays into blocks
/// and puts the results together.
public protocol ReductionKernels {
  /// One number of `count` elements, 0 for none. Only `dot` and `squaredDistance` read `y`.
  static func reduce(
    _ reduction: Reduction, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int
  ) -> Float

  /// y [columns] = the sum of the rows of x, which lie `stride` apart, in their order.
  static func columnSums(
    _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
    _ y: UnsafeMutablePointer<Float>)
}
