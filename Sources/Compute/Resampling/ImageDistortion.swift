/// A change of one image's colors and place, and a hole in it: linear but for the brightness, so that its gradient
/// is the transposed change.
public struct ImageDistortion: Equatable, Sendable {
  /// What is added to each sample.
  public var brightness: Float = 0
  /// How far a pixel's samples lie from their mean, as a multiple.
  public var saturation: Float = 1
  /// How far samples lie from the mean of the image, as a multiple.
  public var contrast: Float = 1
  /// How many pixels the image moves to the right; what comes in is 0.
  public var right = 0
  /// How many it moves down.
  public var down = 0
  /// The rows in which pixels are set to 0, after the move; empty for none.
  public var cutRows = 0..<0
  /// The columns in which they are.
  public var cutColumns = 0..<0

  /// No change.
  public init() {}

  /// y [N, H, W, C] = the images x [N, H, W, C], each distorted; of four channels the last, the opacity, keeps
  /// its values.
  public static func apply(
    _ distortions: [ImageDistortion], to x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int
  ) {
    forEach(distortions, height, width, channels, false) { $0.apply(x + $1, y + $1, $2) }
  }

  /// dx [N, H, W, C] = or += the gradient for dy [N, H, W, C].
  public static func gradient(
    _ distortions: [ImageDistortion], _ dy: UnsafePointer<Float>,
    into dx: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int,
    accumulate: Bool = false
  ) {
    forEach(distortions, height, width, channels, accumulate) {
      $0.gradient(dy + $1, dx + $1, $2, accumulate)
    }
  }

  private static func forEach(
    _ distortions: [ImageDistortion], _ height: Int, _ width: Int, _ channels: Int,
    _ accumulate: Bool, _ body: (ImageDistortion, _ start: Int, Grid) -> Void
  ) {
    let grid = Grid(height: height, width: width, channels: channels)
    // A product and a sum for a sample itself, its pixel's mean and the image's.
    Work.add(
      elements: distortions.count * grid.count, operations: 6, arrays: 2, accumulate: accumulate)
    let blocks = Blocks(distortions.count, target: max(1, (1 << 14) / max(grid.count, 1)))
    ThreadPool.shared.run(blocks.count) { task, _ in
      for image in blocks.range(task) { body(distortions[image], image * grid.count, grid) }
    }
  }

  /// The samples of an image.
  private struct Grid {
    let height: Int
    let width: Int
    let channels: Int
    var count: Int { height * width * channels }
    /// How many samples of a pixel are colors.
    var colors: Int { channels == 4 ? 3 : channels }
  }

  /// Calls `body` with the first sample of each pixel that stays, and of the place that it moves to.
  private func forEachPixel(_ grid: Grid, _ body: (_ from: Int, _ to: Int) -> Void) {
    for row in max(0, -down)..<max(0, -down, min(grid.height, grid.height - down)) {
      let isCut = cutRows.contains(row + down)
      for column in max(0, -right)..<max(0, -right, min(grid.width, grid.width - right))
      where !(isCut && cutColumns.contains(column + right)) {
        let from = (row * grid.width + column) * grid.channels
        body(from, from + (down * grid.width + right) * grid.channels)
      }
    }
  }

  /// The parts of a color's new value: of itself, of its pixel's mean, and of the mean of the image.
  private var weights: (own: Float, pixel: Float, image: Float) {
    (contrast * saturation, contrast * (1 - saturation), 1 - contrast)
  }

  private func apply(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ grid: Grid) {
    var sum: Float = 0
    for pixel in stride(from: 0, to: grid.count, by: grid.channels) {
      for channel in 0..<grid.colors { sum += x[pixel + channel] }
    }
    let mean = sum / Float(max(1, grid.height * grid.width * grid.colors))
    let weights = weights
    let shift = weights.image * mean + brightness
    y.update(repeating: 0, count: grid.count)
    forEachPixel(grid) { from, to in
      let gray = weights.pixel * Self.mean(x + from, grid.colors) + shift
      for channel in 0..<grid.channels {
        let value = x[from + channel]
        y[to + channel] = channel < grid.colors ? weights.own * value + gray : value
      }
    }
  }

  private func gradient(
    _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ grid: Grid, _ accumulate: Bool
  ) {
    var sum: Float = 0
    forEachPixel(grid) { _, to in
      for channel in 0..<grid.colors { sum += dy[to + channel] }
    }
    let weights = weights
    let mean = sum / Float(max(1, grid.height * grid.width * grid.colors))
    if !accumulate { dx.update(repeating: 0, count: grid.count) }
    for pixel in stride(from: 0, to: grid.count, by: grid.channels) {
      for channel in 0..<grid.colors { dx[pixel + channel] += weights.image * mean }
    }
    forEachPixel(grid) { from, to in
      let gray = weights.pixel * Self.mean(dy + to, grid.colors)
      for channel in 0..<grid.channels {
        let value = dy[to + channel]
        dx[from + channel] += channel < grid.colors ? weights.own * value + gray : value
      }
    }
  }

  private static func mean(_ samples: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum: Float = 0
    for index in 0..<count { sum += samples[index] }
    return sum / Float(count)
  }
}
