import Compute
import Images

/// Colored shapes on dark grounds, drawn by the program: something to learn from on a machine with
/// nothing installed.
///
/// An image is a pure function of the seed, its number and its size. Only sums, products, quotients
/// and square roots are in it, so that its bits are the same on every machine.
struct Shapes: ImageSource {
  let count: Int
  let side: Int
  private let first: Int
  private let stream: RandomStream

  /// The classes; an image's is its number modulo five.
  enum Shape: Int, CaseIterable {
    case circle, ring, square, triangle, cross
  }

  init(seed: UInt64, split: ImageDataset.Split, side: Int) {
    self.side = side
    count = split == .train ? 10_000 : 1_000
    // Far from all training images, however many those become.
    first = split == .train ? 0 : 1 << 31
    stream = RandomStream(seed: seed, purpose: .drawing)
  }

  static let classNames = Shape.allCases.map { "\($0)" }

  static func shape(_ index: Int) -> Shape {
    Shape.allCases[index % Shape.allCases.count]
  }

  func image(_ index: Int, forShorterSide: Int?) -> Image {
    var random = stream.sequence(sample: first + index)
    func number(_ low: Float, _ high: Float) -> Float { low + (high - low) * random.uniform() }
    let size = Float(side)
    let radius = number(0.2, 0.34) * size
    let (centerX, centerY) = (number(0.36, 0.64) * size, number(0.36, 0.64) * size)
    // A turn by up to 33 degrees either way, with t the tangent of half the angle.
    let t = number(-0.3, 0.3)
    let (cosine, sine) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    let ground = Self.color(hue: number(0, 6), saturation: number(0, 0.6), value: number(0.05, 0.3))
    let paint = Self.color(hue: number(0, 6), saturation: number(0.4, 1), value: number(0.7, 1))
    let shape = Self.shape(index)
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * side * side) { buffer, count in
      for row in 0..<side {
        for column in 0..<side {
          let (x, y) = (Float(column) + 0.5 - centerX, Float(row) + 0.5 - centerY)
          let distance = Self.distance(
            shape, cosine * x + sine * y, cosine * y - sine * x, radius)
          let coverage = min(max(0.5 - distance, 0), 1)
          let color = ground + (paint - ground) * coverage
          buffer[count] = UInt8(color.x * 255 + 0.5)
          buffer[count + 1] = UInt8(color.y * 255 + 0.5)
          buffer[count + 2] = UInt8(color.z * 255 + 0.5)
          count += 3
        }
      }
    }
    return Image(width: side, height: side, channels: 3, pixels: pixels)
  }

  /// How many pixels a point is outside the shape's edge; inside, the number is negative.
  private static func distance(_ shape: Shape, _ x: Float, _ y: Float, _ radius: Float) -> Float {
    let (acrossX, acrossY) = (abs(x), abs(y))
    switch shape {
    case .circle:
      return (x * x + y * y).squareRoot() - radius
    case .ring:
      return abs((x * x + y * y).squareRoot() - 0.78 * radius) - 0.22 * radius
    case .square:
      return max(acrossX, acrossY) - 0.85 * radius
    case .triangle:
      // Three lines at half the distance of the corners; 0.866 is the sine of 60 degrees.
      return max(y, 0.8660254 * acrossX - 0.5 * y) - 0.55 * radius
    case .cross:
      let arm = 0.3 * radius
      return min(
        max(acrossX - radius, acrossY - arm), max(acrossX - arm, acrossY - radius))
    }
  }

  /// Red, green and blue from a hue in 0...6, a saturation and a value in 0...1.
  private static func color(hue: Float, saturation: Float, value: Float) -> SIMD3<Float> {
    func channel(_ peak: Float) -> Float {
      let away = abs(hue - peak)
      let pure = min(max(2 - min(away, 6 - away), 0), 1)
      return value * (1 - saturation + saturation * pure)
    }
    return SIMD3(channel(0), channel(2), channel(4))
  }
}

extension ImageDataset {
  /// The drawn set.
  init(shapes name: String, _ options: Options) {
    let side = options.size ?? 32
    let shapes = Shapes(seed: options.seed, split: options.split, side: side)
    // Drawing them all to know them all would take longer than a short training.
    var hash = ContentHash()
    for index in 0..<64 {
      shapes.image(index, forShorterSide: nil).pixels.withUnsafeBytes { hash.add($0) }
    }
    var others = options
    others.split = .heldOut
    self.init(
      name: name, drawn: shapes,
      labels: (0..<shapes.count).map { Int32(Shapes.shape($0).rawValue) },
      classNames: Shapes.classNames,
      fitting: Fitting(
        width: side, height: side, channels: options.channels ?? 3, pads: false, scales: false),
      samplesHash: hash.value,
      heldOut: options.split == .train ? ImageDataset(shapes: name, others) : nil)
  }
}
