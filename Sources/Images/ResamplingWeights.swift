/// For each pixel of a resized row or column, which stored pixels it is the weighted mean of.
///
/// The filter is the cubic convolution kernel with a = -1/2 [Keys, 1981], also known as Catmull-Rom.
/// Where an image shrinks, the kernel is stretched by as much, so that it covers all the pixels that
/// fall into a new one and nothing aliases; at the edges, the weights that lie inside are scaled to
/// add up to 1. It has no sine, so the weights have the same bits on every machine.
struct ResamplingWeights {
  /// The first stored pixel for each new one.
  private(set) var starts: [Int] = []
  /// Where each new pixel's weights begin; one more than there are pixels.
  private(set) var offsets: [Int] = [0]
  /// The weights of all new pixels, one after the other.
  private(set) var weights: [Float] = []

  /// The weights from so many pixels to so many, of which only some may be wanted.
  init(from stored: Int, to count: Int, keeping kept: Range<Int>? = nil) {
    precondition(stored > 0 && count > 0, "resizing \(stored) pixels to \(count)")
    let scale = Double(stored) / Double(count)
    let stretch = max(scale, 1)
    for index in kept ?? 0..<count {
      let center = (Double(index) + 0.5) * scale
      let first = max(Int((center - 2 * stretch).rounded(.down)), 0)
      let end = min(Int((center + 2 * stretch).rounded(.up)), stored)
      let values = (first..<end).map { Self.kernel((Double($0) + 0.5 - center) / stretch) }
      let total = values.reduce(0, +)
      starts.append(first)
      weights += values.map { Float($0 / total) }
      offsets.append(weights.count)
    }
  }

  /// The cubic convolution kernel: 1 at 0, 0 at the other integers, and from 2 on.
  static func kernel(_ x: Double) -> Double {
    let a = -0.5
    let x = abs(x)
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
    return 0
  }
}
