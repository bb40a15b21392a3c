import Images

/// A closed walk through a latent space: each image goes from its own latent vector to others, along
/// the arcs between them, and back to its own, so that it can be repeated without an end.
///
/// The way is along the sphere (White, "Sampling Generative Networks", 2016): the middle of a straight
/// line would be nearer to the origin than any latent vector is.
public struct LatentWalk: Sendable {
  /// How many frames there are until it begins anew.
  public let frames: Int

  /// The frames from one stop to the next.
  private static let framesToStop = 16

  /// A walk of at least two frames; about every sixteenth is at a stop.
  public init(frames: Int) {
    precondition(frames >= 2, "a walk of \(frames) frames")
    self.frames = frames
  }

  /// How many latent vectors an image passes.
  var stops: Int { max(2, (frames + Self.framesToStop / 2) / Self.framesToStop) }

  /// The latent vectors of images one behind the other, by numbers that count the first frame's
  /// `count` images, then the second's, and so on.
  /// - Parameter latent: The vector of an image at a stop.
  func vectors(
    _ numbers: Range<Int>, of count: Int, latent: (_ image: Int, _ stop: Int) -> [Float]
  ) -> [Float] {
    numbers.flatMap { number in
      let way = number / count * stops
      let (stop, part) = (way / frames, Double(way % frames) / Double(frames))
      let image = number % count
      return sphericalInterpolation(
        latent(image, stop), latent(image, (stop + 1) % stops), part)
    }
  }

  /// The images of each frame, from all images in the order of such numbers.
  func frames(of images: [Image], count: Int) -> [[Image]] {
    (0..<frames).map { Array(images[$0 * count..<($0 + 1) * count]) }
  }
}
