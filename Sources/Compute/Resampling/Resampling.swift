import KernelInterface

/// Resizing of images [N, H, W, C] by weighted sums of pixels, along both axes.
///
/// The gradient is the transposed resizing: each pixel of dx gathers what it gave, in a fixed order.
public struct Resampling: Sendable {
  private let batch: Int
  private let channels: Int
  private let vertical: AxisTaps
  private let horizontal: AxisTaps

  /// Each pixel becomes a square of `factor` by `factor` pixels.
  public static func nearest(
    batch: Int, height: Int, width: Int, channels: Int, factor: Int
  ) -> Resampling {
    precondition(
      batch >= 0 && height >= 0 && width >= 0 && channels >= 0 && factor > 0,
      "nearest resampling of [\(batch), \(height), \(width), \(channels)] by \(factor)")
    return Resampling(
      batch: batch, channels: channels, vertical: .nearest(height, factor: factor),
      horizontal: .nearest(width, factor: factor))
  }

  /// Bilinear interpolation to any size, of pixels taken at their centers: PyTorch's with
  /// `align_corners=False`, without a filter against aliasing.
  public static func bilinear(
    batch: Int, height: Int, width: Int, channels: Int, outputHeight: Int, outputWidth: Int
  ) -> Resampling {
    precondition(
      batch >= 0 && height > 0 && width > 0 && channels >= 0 && outputHeight >= 0
        && outputWidth >= 0,
      "bilinear resampling of [\(batch), \(height), \(width), \(channels)] "
        + "to \(outputHeight)x\(outputWidth)")
    return Resampling(
      batch: batch, channels: channels, vertical: .linear(height, to: outputHeight),
      horizontal: .linear(width, to: outputWidth))
  }

  /// Rows of an output image.
  public var outputHeight: Int { vertical.count }

  /// Columns of an output image.
  public var outputWidth: Int { horizontal.count }

  /// y [N, H', W', C] = or += the resized x [N, H, W, C].
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, accumulate: Bool = false
  ) {
    run(x, vertical, horizontal, into: y, accumulate)
  }

  /// dx [N, H, W, C] = or += the gradient for dy [N, H', W', C].
  public func gradient(
    _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, accumulate: Bool = false
  ) {
    run(dy, vertical.transposed, horizontal.transposed, into: dx, accumulate)
  }

  private func run(
    _ x: UnsafePointer<Float>, _ vertical: AxisTaps, _ horizontal: AxisTaps,
    into y: UnsafeMutablePointer<Float>, _ accumulate: Bool
  ) {
    let pixels = (
      input: vertical.inputLength * horizontal.inputLength,
      output: vertical.count * horizontal.count
    )
    // A tap is a product and a sum.
    Work.add(
      operations: 2 * batch * channels * vertical.places.count * horizontal.places.count,
      floats: batch * channels * (pixels.input + (accumulate ? 2 : 1) * pixels.output))
    let kernels = InstructionSet.current.kernels
    let inputRow = horizontal.inputLength * channels
    let outputRow = horizontal.count * channels
    let mostTaps = (0..<vertical.count).map { vertical.taps(of: $0).count }.max() ?? 0
    var workspace = Workspace()
    let rowPiece = workspace.reserve(UnsafePointer<Float>.self, max(mostTaps, 1))
    let weightPiece = workspace.reserve(Float.self, max(mostTaps, 1))
    let pool = ThreadPool.shared
    let blocks = Blocks(batch * vertical.count, target: max(1, (1 << 14) / max(outputRow, 1)))
    pool.run(blocks.count) { task, worker in
      let placed = workspace.placed(in: pool, worker)
      let (rows, rowWeights) = (placed[rowPiece], placed[weightPiece])
      for index in blocks.range(task) {
        let (image, row) = index.quotientAndRemainder(dividingBy: vertical.count)
        let taps = vertical.taps(of: row)
        for (i, tap) in taps.enumerated() {
          rows[i] = x + (image * vertical.inputLength + vertical.places[tap]) * inputRow
          rowWeights[i] = vertical.weights[tap]
        }
        kernels.resampleRow(
          rows, rowWeights: rowWeights, rowCount: taps.count, starts: horizontal.starts,
          places: horizontal.places, weights: horizontal.weights, columns: horizontal.count,
          channels: channels, into: y + index * outputRow, accumulate: accumulate)
      }
    }
  }
}
