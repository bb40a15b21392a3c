import Files

/// What an image's file holds, without its pixels.
public struct ImageInformation: Equatable, Sendable {
  /// How many pixels a row has, once the image is upright.
  public let width: Int
  /// How many rows there are, once the image is upright.
  public let height: Int
  /// The channels of the image once decoded: 1, 3 or 4.
  public let channels: Int
  /// The format that the file's first bytes say.
  public let format: ImageFormat
  /// How many images an animated PNG has; 1 where it is none.
  public let frames: Int

  /// What a PNG or JPEG file says of its image. The pixels may still turn out to be damaged.
  ///
  /// - Throws: ``ImageError``.
  public init(
    contentsOf path: String, reading: ImageReading = .current
  ) throws(ImageError) {
    try self.init(contentsOf: BytePath(path), reading: reading)
  }

  /// The same of a path that need not be text.
  package init(
    contentsOf path: BytePath, reading: ImageReading = .current
  ) throws(ImageError) {
    try self.init(decoding: ImageFile.bytes(path), name: path.escaped, reading: reading)
  }

  /// What the bytes of a PNG or JPEG file say of its image. The name is for messages of errors.
  ///
  /// - Throws: ``ImageError``.
  public init(
    decoding bytes: [UInt8], name: String, reading: ImageReading = .current
  ) throws(ImageError) {
    let file = try ImageFile(bytes, name: name, reading)
    let isTurned = file.orientation.swapsSides
    width = isTurned ? file.height : file.width
    height = isTurned ? file.width : file.height
    channels = file.channels
    format = file.format
    frames = format == .png ? Self.frames(inPNG: bytes) : 1
  }

  /// What the chunk acTL says, which stands before the first image. [PNG, third edition, 11.3.4.1]
  private static func frames(inPNG bytes: [UInt8]) -> Int {
    let first = PNGChunks(bytes).first { ["acTL", "IDAT"].contains($0.type) }
    guard let control = first, control.type == "acTL" else { return 1 }
    return max(1, StoredIntegers(bytes: control.data).integer(at: 0, size: 4) ?? 1)
  }
}
