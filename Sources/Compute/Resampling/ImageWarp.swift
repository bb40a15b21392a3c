/// An affine change of one image: where each of its pixels is taken from.
public struct ImageWarp: Equatable, Sendable {
  /// The pixel at (x, y) is taken from (xx x + xy y + x0, yx x + yy y + y0), in pixels from the middle of the image
  /// to the right and down.
  public private(set) var xx: Float = 1, xy: Float = 0, x0: Float = 0
  public private(set) var yx: Float = 0, yy: Float = 1, y0: Float = 0

  /// No change.
  public init() {}

  /// Changes the image further, by factors along both axes; a negative one mirrors.
  public mutating func scale(x: Float, y: Float) { append(1 / x, 0, 0, 1 / y) }

  /// Changes the image further, by a turn to the right by the angle of that cosine and sine.
  public mutating func rotate(cosine: Float, sine: Float) { append(cosine, sine, -sine, cosine) }

  /// Moves the changed image by so many pixels.
  public mutating func move(right: Float, down: Float) {
    x0 -= xx * right + xy * down
    y0 -= yx * right + yy * down
  }

  /// What is found at (x, y) is then from (a x + b y, c x + d y).
  private mutating func append(_ a: Float, _ b: Float, _ c: Float, _ d: Float) {
    (xx, xy) = (xx * a + xy * c, xx * b + xy * d)
    (yx, yy) = (yx * a + yy * c, yx * b + yy * d)
  }

  /// y [N, H, W, C] = the images x [N, H, W, C], each warped: bilinear interpolation, with the image mirrored at its
  /// edges for what lies outside of it.
  public static func apply(
    _ warps: [ImageWarp], to x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    height: Int, width: Int, channels: Int
  ) {
    let size = height * width * channels
    // Four products and sums for a sample.
    Work.add(elements: warps.count * size, operations: 8, arrays: 2)
    let blocks = Blocks(warps.count, target: max(1, (1 << 12) / max(size, 1)))
    ThreadPool.shared.run(blocks.count) { task, _ in
      for image in blocks.range(task) {
        warps[image].apply(x + image * size, y + image * size, height, width, channels)
      }
    }
  }

  private func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ height: Int, _ width: Int,
    _ channels: Int
  ) {
    let (middleX, middleY) = (Float(width - 1) / 2, Float(height - 1) / 2)
    for row in 0..<height {
      let v = Float(row) - middleY
      for column in 0..<width {
        let u = Float(column) - middleX
        let (left, right, partX) = Self.neighbors(xx * u + xy * v + x0 + middleX, width)
        let (top, bottom, partY) = Self.neighbors(yx * u + yy * v + y0 + middleY, height)
        let (above, below) = (x + top * width * channels, x + bottom * width * channels)
        let target = y + (row * width + column) * channels
        for channel in 0..<channels {
          let (a, b) = (above[left * channels + channel], above[right * channels + channel])
          let (c, d) = (below[left * channels + channel], below[right * channels + channel])
          let (upper, lower) = (a + partX * (b - a), c + partX * (d - c))
          target[channel] = upper + partY * (lower - upper)
        }
      }
    }
  }

  /// The places before and after a position, and how far it lies from the first to the second.
  private static func neighbors(_ position: Float, _ count: Int) -> (Int, Int, Float) {
    let first = position.rounded(.down)
    return (mirrored(Int(first), count), mirrored(Int(first) + 1, count), position - first)
  }

  /// A place inside of an axis that goes on as its mirror image, and so on.
  private static func mirrored(_ place: Int, _ count: Int) -> Int {
    let rest = place % (2 * count)
    let inside = rest < 0 ? rest + 2 * count : rest
    return min(inside, 2 * count - 1 - inside)
  }
}
