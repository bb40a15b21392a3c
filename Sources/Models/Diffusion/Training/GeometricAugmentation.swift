import Compute

/// Random changes of images' geometry of which the UNet is told, so that it learns from more than there is and does
/// not sample what is changed: in sampling it is told of none.
///
/// Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models" (2022), appendix F.2, with
/// the paper's ranges; but the direction of a stretch is told by its doubled angle, since half a turn leads to the
/// same direction.
struct GeometricAugmentation {
  /// The chance of each kind of change but mirroring, which has an even one.
  let probability: Double
  /// Whether left and right may be swapped.
  let mirrors: Bool

  /// How many numbers tell of an image's changes; all are 0 where there is none.
  static let labels = 9

  /// Changes images [N, H, W, C] of a step, of which the first is number `first` in it. A change is a function of the
  /// seed, the step and that number; all numbers are sampled always.
  /// - Returns: The images, and what tells of their changes, [N, labels].
  func callAsFunction(
    _ images: Values, first: Int, seed: UInt64, step: Int
  ) -> (images: Values, labels: Values) {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let labels = Values([count, Self.labels])
    let warped = Values(images.shape)
    if MemoryPlan.isRehearsal { return (warped, labels) }
    let changes = (first..<first + count).map {
      Change(sample: $0, seed: seed, step: step, probability, mirrors: mirrors)
    }
    for (row, change) in changes.enumerated() {
      (labels.storage.base + row * Self.labels).update(from: change.labels, count: Self.labels)
    }
    ImageWarp.apply(
      changes.map { $0.warp(height: height, width: width) }, to: images.pointer,
      into: warped.storage.base, height: height, width: width, channels: images.shape[3])
    return (warped, labels)
  }

  /// How one image is changed, in this order.
  struct Change: Equatable {
    var isMirrored = false
    var isUpsideDown = false
    /// The logarithm of the size, in the unit that the paper has.
    var size: Float = 0
    /// The angle of a turn, by its cosine and sine.
    var turn: (cosine: Float, sine: Float) = (1, 0)
    /// The logarithm of how much longer than wide it becomes, and in which direction.
    var stretch: Float = 0
    var direction: (cosine: Float, sine: Float) = (1, 0)
    /// In eighths of the image, to the right and down.
    var move: (right: Float, down: Float) = (0, 0)

    static func == (a: Change, b: Change) -> Bool { a.labels == b.labels }

    /// No change.
    init() {}

    /// The change of an image.
    init(sample: Int, seed: UInt64, step: Int, _ probability: Double, mirrors: Bool) {
      let normals = RandomStream(seed: seed, purpose: .distortion)
        .normals([1, 4], firstSample: sample, step: step).elements
      var random = RandomStream(seed: seed, purpose: .distortion, layer: 1)
        .sequence(sample: sample, step: step)
      let isMirrored = random.integer(below: 2) == 1
      let isUpsideDown = random.integer(below: 2) == 1
      let (turn, direction) = (Self.direction(&random), Self.direction(&random))
      func happens() -> Bool { Double(random.uniform()) < probability }
      self.isMirrored = isMirrored && mirrors
      if happens() { self.isUpsideDown = isUpsideDown }
      if happens() { size = normals[0] }
      if happens() { self.turn = turn }
      if happens() { (stretch, self.direction) = (normals[1], direction) }
      if happens() { move = (normals[2], normals[3]) }
    }

    /// Any direction, as cosine and sine.
    private static func direction(_ random: inout RandomSequence) -> (cosine: Float, sine: Float) {
      let angle = (2 * random.uniform() - 1) * Float.pi
      return (map(.cos, angle), map(.sin, angle))
    }

    private static func map(_ function: ElementaryFunction, _ x: Float) -> Float {
      var y: Float = 0
      withUnsafePointer(to: x) { Elementwise.map(function, $0, into: &y, count: 1) }
      return y
    }

    /// What the UNet is told.
    var labels: [Float] {
      let (a, b) = direction
      return [
        isMirrored ? 1 : 0, isUpsideDown ? 1 : 0, size, turn.cosine - 1, turn.sine,
        stretch * (a * a - b * b), stretch * 2 * a * b, move.right, move.down,
      ]
    }

    /// The change of an image of that size.
    func warp(height: Int, width: Int) -> ImageWarp {
      /// 2^(n / 5).
      func factor(_ n: Float) -> Float { Self.map(.exp, n * 0.138_629_44) }
      var warp = ImageWarp()
      warp.scale(x: isMirrored ? -1 : 1, y: isUpsideDown ? -1 : 1)
      warp.scale(x: factor(size), y: factor(size))
      warp.rotate(cosine: turn.cosine, sine: turn.sine)
      warp.rotate(cosine: direction.cosine, sine: -direction.sine)
      warp.scale(x: factor(stretch), y: factor(-stretch))
      warp.rotate(cosine: direction.cosine, sine: direction.sine)
      warp.move(right: move.right * Float(width) / 8, down: move.down * Float(height) / 8)
      return warp
    }
  }
}
