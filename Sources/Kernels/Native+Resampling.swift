import KernelInterface

extension Native: ResamplingKernels {
  static func resampleRow(
    _ rows: UnsafePointer<UnsafePointer<Float>>, rowWeights: UnsafePointer<Float>, rowCount: Int,
    starts: UnsafePointer<Int>, places: UnsafePointer<Int>, weights: UnsafePointer<Float>,
    columns: Int, channels: Int, into y: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    for column in 0..<columns {
      var pixel = PixelLoop(
        rows: rows, rowWeights: rowWeights, rowCount: rowCount, places: places, weights: weights,
        first: starts[column], end: starts[column &+ 1], channels: channels,
        y: y + column &* channels, accumulate: accumulate)
      pixel.run(channels)
    }
  }
}

/// The channels of one output pixel.
private struct PixelLoop: VectorLoop {
  let rows: UnsafePointer<UnsafePointer<Float>>
  let rowWeights: UnsafePointer<Float>
  let rowCount: Int
  let places: UnsafePointer<Int>
  let weights: UnsafePointer<Float>
  let first: Int
  let end: Int
  let channels: Int
  let y: UnsafeMutablePointer<Float>
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    var total = Vector.zero
    var row = 0
    while row < rowCount {
      var along = Vector.zero
      var tap = first
      while tap < end {
        let value = load(rows[row] + places[tap] &* channels + i, left: left)
        along = fma(value, weights[tap], along)
        tap = tap &+ 1
      }
      total = fma(along, rowWeights[row], total)
      row = row &+ 1
    }
    store(total, y + i, left: left, accumulate: accumulate)
  }
}
