import CCodecs
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

  /// What a PNG, JPEG or WebP file says of its image. The pixels may still turn out to be damaged.
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

  /// What the bytes of a PNG, JPEG or WebP file say of its image. The name is for messages of errors.
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

/// What an image's file may have at most. Files come from strangers, and a few bytes can ask for
/// gigabytes of pixels.
public enum ImageLimits {
  /// Bytes of a file.
  public static let fileSize = Int(CODEC_MAX_FILE_SIZE)
  /// Pixels of an image.
  public static let pixels = Int(CODEC_MAX_PIXELS)
  /// Pixels of an image's width or height.
  public static let side = Int(CODEC_MAX_SIDE)
  /// Bytes of the text in a PNG, inflated, all chunks together.
  public static let textSize = Int(CODEC_MAX_PNG_CHUNK)
}

/// By which rules an image's file is read.
///
/// A training run goes on by the rules that it began with, so that it sees the same pixels.
public enum ImageReading: Int, Sendable, CaseIterable {
  /// Those of the first runs, which keep no record of it: an image is turned as the EXIF of a JPEG
  /// says in an integer of 16 bits, and whatever libjpeg warns of is an error.
  case first = 1
  /// An image is turned as ``Orientation`` says, and of what libjpeg warns of, only that is an error
  /// which loses pixels.
  case second
  /// The same, and an image may be a WebP, which is no image by the others.
  case third

  /// Those of all that is new.
  public static let current = ImageReading.third

  /// The formats that are read.
  public var formats: [ImageFormat] {
    switch self {
    case .first, .second: [.png, .jpeg]
    case .third: ImageFormat.allCases
    }
  }
}
