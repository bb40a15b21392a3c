/// Images that move: frames, each with all images.
public struct Film {
  /// In their order; the images of each.
  public let frames: [[Image]]
  /// How long a frame is shown, in seconds.
  public let delay: Double
  /// How long the last one is; nil as long as the others, so that it repeats without a halt.
  public let finalDelay: Double?

  /// Frames of as many images each.
  public init(frames: [[Image]], delay: Double, finalDelay: Double? = nil) {
    (self.frames, self.delay, self.finalDelay) = (frames, delay, finalDelay)
  }

  /// How many images there are.
  public var count: Int { frames.first?.count ?? 0 }

  /// The images that stand for the film: what it comes to, or where it begins if it has no end.
  public var images: [Image] { (finalDelay == nil ? frames.first : frames.last) ?? [] }

  /// The frames of a strip's row.
  private static let stripColumns = 10

  /// A row for each image, with some of its frames.
  public func strip() -> Image {
    let columns = min(Self.stripColumns, frames.count)
    let chosen = (0..<columns).map { frames[($0 + 1) * frames.count / columns - 1] }
    let rows = (chosen.first ?? []).indices.flatMap { image in chosen.map { $0[image] } }
    return ImageGrid(columns: columns).image(of: rows)
  }

  /// All images in a grid, as the bytes of an animated PNG.
  /// - Throws: `ImageError` where there is no frame.
  public func grid(columns: Int, text: [(key: String, value: String)]) throws -> [UInt8] {
    let grids = frames.map { ImageGrid(columns: columns).image(of: $0) }
    return try Image.animatedPNGData(grids, delay: delay, finalDelay: finalDelay, text: text)
  }

  /// One of the images, as the bytes of an animated PNG.
  /// - Throws: `ImageError` where there is no frame.
  public func single(_ index: Int, text: [(key: String, value: String)]) throws -> [UInt8] {
    let frames = frames.map { $0[index] }
    return try Image.animatedPNGData(frames, delay: delay, finalDelay: finalDelay, text: text)
  }
}
