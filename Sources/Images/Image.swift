/// An image: rows of pixels from the top left, 8 bits a channel.
public struct Image: Equatable, Sendable {
  /// How many pixels a row has.
  public let width: Int
  /// How many rows there are.
  public let height: Int
  /// 1 (grey), 3 (red, green, blue) or 4 (and alpha, not premultiplied).
  public let channels: Int
  /// The samples, [height, width, channels]. They may change; how many they are may not.
  public var pixels: [UInt8] {
    didSet {
      // The codecs in C read as many as the size says.
      precondition(
        pixels.count == width * height * channels,
        "\(pixels.count) samples for \(width)x\(height) pixels of \(channels) channels")
    }
  }

  /// An image of those samples.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      [1, 3, 4].contains(channels) && width >= 0 && height >= 0
        && pixels.count == width * height * channels,
      "\(pixels.count) samples for \(width)x\(height) pixels of \(channels) channels")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }
}
