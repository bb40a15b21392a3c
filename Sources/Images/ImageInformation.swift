/// What a picture's file holds, without its pixels.
public struct ImageInformation: Equatable, Sendable {
  /// How many pixels a row has, once the picture is upright.
  public let width: Int
  /// How many rows there are, once the picture is upright.
  public let height: Int
  /// The channels of the picture once decoded: 1, 3 or 4.
  public let channels: Int
  /// The format that the file's first bytes say.
  public let format: ImageFormat

  /// What a PNG or JPEG file says of its picture. The pixels may still turn out to be damaged.
  ///
  /// - Throws: ``ImageError``.
  public init(contentsOf path: String) throws(ImageError) {
    try self.init(decoding: FileBytes.read(path, limit: ImageLimits.fileSize), name: path)
  }

  /// What the bytes of a PNG or JPEG file say of its picture. The name is for messages of errors.
  ///
  /// - Throws: ``ImageError``.
  public init(decoding bytes: [UInt8], name: String) throws(ImageError) {
    let file = try ImageFile(bytes, name: name)
    let isTurned = file.orientation.swapsSides
    width = isTurned ? file.height : file.width
    height = isTurned ? file.width : file.height
    channels = file.channels
    format = file.format
  }
}
