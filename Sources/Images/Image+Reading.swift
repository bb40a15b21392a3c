import CCodecs
import Files

extension Image {
  /// The image in a PNG, JPEG or WebP file.
  ///
  /// What the bytes are decides, not the file's name. All PNGs are read: 1 to 16 bits, grey, color or
  /// palette, interlaced or not; what is transparent gives 4 channels. So are grey, color and CMYK
  /// JPEGs, and WebPs but animated ones. Each is turned upright as ``Orientation`` says. Color
  /// profiles are not applied. A file that is cut short or damaged is an error, never a part of an
  /// image.
  ///
  /// - Parameter shorterSide: what the image will be scaled down to, if it will: a JPEG of more
  ///   than four times that is then decoded at a half, a quarter or an eighth of its size, which
  ///   leaves at least two pixels for each that is wanted, and takes that much less time and memory.
  /// - Throws: ``ImageError``.
  public init(
    contentsOf path: String, forShorterSide shorterSide: Int? = nil,
    reading: ImageReading = .current
  ) throws(ImageError) {
    try self.init(contentsOf: BytePath(path), forShorterSide: shorterSide, reading: reading)
  }

  /// The same of a path that need not be text.
  package init(
    contentsOf path: BytePath, forShorterSide shorterSide: Int? = nil,
    reading: ImageReading = .current
  ) throws(ImageError) {
    try self.init(
      decoding: ImageFile.bytes(path), name: path.escaped, forShorterSide: shorterSide,
      reading: reading)
  }

  /// The image in the bytes of a PNG, JPEG or WebP file, as ``init(contentsOf:forShorterSide:reading:)``
  /// reads it. The name is for the messages of errors.
  public init(
    decoding bytes: [UInt8], name: String, forShorterSide shorterSide: Int? = nil,
    reading: ImageReading = .current
  ) throws(ImageError) {
    self = try DecodedImage(bytes, name: name, forShorterSide: shorterSide, reading: reading).image
  }
}

/// An image, and what the decoder warned of that has lost no pixel.
package struct DecodedImage: Sendable {
  package let image: Image
  package let warnings: String?

  package init(contentsOf path: BytePath, forShorterSide side: Int? = nil) throws(ImageError) {
    try self.init(
      ImageFile.bytes(path), name: path.escaped, forShorterSide: side, reading: .current)
  }

  fileprivate init(
    _ bytes: [UInt8], name: String, forShorterSide shorterSide: Int?, reading: ImageReading
  ) throws(ImageError) {
    let file = try ImageFile(bytes, name: name, reading)
    let reduction =
      file.format == .jpeg ? Self.reduction(of: min(file.width, file.height), to: shorterSide) : 1
    let width = (file.width + reduction - 1) / reduction
    let height = (file.height + reduction - 1) / reduction
    let size = width * height * file.channels
    var heard = codec_jpeg_warnings(reading)
    let pixels = try Codec.samples(name, count: size) { pixels, message in
      switch file.format {
      case .png: codec_png_decode(bytes, bytes.count, pixels, size, message)
      case .jpeg:
        codec_jpeg_decode(bytes, bytes.count, UInt32(reduction), pixels, size, &heard, message)
      case .webp: codec_webp_decode(bytes, bytes.count, pixels, size, message)
      }
    }
    warnings = heard.description
    let stored = Image(width: width, height: height, channels: file.channels, pixels: pixels)
    image = stored.applying(file.orientation)
  }

  /// How much smaller a side may be decoded, so that twice the wanted size is left.
  private static func reduction(of side: Int, to wanted: Int?) -> Int {
    guard let wanted else { return 1 }
    return [8, 4, 2].first { side / $0 / 2 >= max(wanted, 1) } ?? 1
  }
}

/// An image's file whose header was read: within the limits, and of a known kind.
struct ImageFile {
  let format: ImageFormat
  /// Pixels as stored, before the orientation is applied.
  let width, height: Int
  let channels: Int
  let orientation: Orientation

  /// The bytes of a file, of which no more than the first are read where those are no image's.
  static func bytes(_ path: BytePath) throws(ImageError) -> [UInt8] {
    func reading<Value>(_ body: () throws(FileError) -> Value) throws(ImageError) -> Value {
      do { return try body() } catch { throw ImageError(error, at: path) }
    }
    let file = try reading { () throws(FileError) in try InputFile(path) }
    try checkSize(file.size, path.escaped)
    return try reading { () throws(FileError) in
      let start = try file.first(16)
      return ImageFormat(signatureOf: start) == nil ? start : try file.first(file.size)
    }
  }

  private static func checkSize(_ size: Int, _ name: String) throws(ImageError) {
    guard size <= ImageLimits.fileSize else {
      throw ImageError(
        .tooLarge, name, "\(size) bytes; an image's file may have at most \(ImageLimits.fileSize)")
    }
  }

  init(_ bytes: [UInt8], name: String, _ reading: ImageReading) throws(ImageError) {
    try Self.checkSize(bytes.count, name)
    guard !bytes.isEmpty else { throw ImageError(.unrecognized, name, "the file is empty") }
    guard let format = ImageFormat(signatureOf: bytes), reading.formats.contains(format) else {
      let known = reading.formats.map(\.name).joined(separator: ", ")
      throw ImageError(
        .unrecognized, name, "none of \(known) by its first bytes; convert it to one of them")
    }
    self.format = format
    var (header, warnings) = (codec_image_header(), codec_jpeg_warnings(reading))
    try Codec.call(name) { message in
      switch format {
      case .png: codec_png_read_header(bytes, bytes.count, &header, message)
      case .jpeg: codec_jpeg_read_header(bytes, bytes.count, &header, &warnings, message)
      case .webp: codec_webp_read_header(bytes, bytes.count, &header, message)
      }
    }
    (width, height) = (Int(header.width), Int(header.height))
    channels = Int(header.channels)
    orientation = Orientation(of: bytes, format, reading)
  }
}

extension codec_jpeg_warnings {
  fileprivate init(_ reading: ImageReading) {
    self.init()
    are_errors = reading == .first ? 1 : 0
  }

  /// All of them; nil where there were none.
  fileprivate var description: String? {
    let text = withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return text.isEmpty ? nil : text
  }
}
