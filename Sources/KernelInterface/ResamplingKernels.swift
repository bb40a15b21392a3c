/// Resizing of images by weighted sums of pixels.
public protocol ResamplingKernels {
  /// One row of an output image: each pixel = or += the sum over `rowCount` input rows of the row's
  /// weight times the weighted sum of its pixels.
  ///
  /// Output pixel i is made of the input's pixels `places[starts[i]..<starts[i + 1]]`, with the
  /// `weights` at the same indices.
  static func resampleRow(
    _ rows: UnsafePointer<UnsafePointer<Float>>, rowWeights: UnsafePointer<Float>, rowCount: Int,
    starts: UnsafePointer<Int>, places: UnsafePointer<Int>, weights: UnsafePointer<Float>,
    columns: Int, channels: Int, into y: UnsafeMutablePointer<Float>, accumulate: Bool)
}
