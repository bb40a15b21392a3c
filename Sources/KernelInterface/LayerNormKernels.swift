/// Normalization of each row by itself: layer norm, and without a mean, RMS norm.
public protocol LayerNormKernels {
  /// y = weight (x - mean) / sqrt(variance + epsilon) + bias for each row.
  ///
  /// Writes each row's mean and 1 / sqrt(variance + epsilon). Without `mean`, the mean counts as 0,
  /// without `weight` that as 1, and without `bias` that as 0.
  static func layerNorm(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, weight: UnsafePointer<Float>?,
    bias: UnsafePointer<Float>?, epsilon: Float, into y: UnsafeMutablePointer<Float>,
    mean: UnsafeMutablePointer<Float>?, rstd: UnsafeMutablePointer<Float>)

  /// The gradients for a block of rows: dx, if wanted, and the sums over the rows of the weight's
  /// gradient into `sums[column]` and of the bias's into `sums[columns + column]`.
  static func layerNormGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    weight: UnsafePointer<Float>?, mean: UnsafePointer<Float>?,
    rstd: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>?,
    accumulate: Bool, sums: UnsafeMutablePointer<Float>)
}
