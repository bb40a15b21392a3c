import CCodecs
import Files

/// The text in a PNG file: pairs of a keyword and a value, in chunks of type tEXt (Latin-1), zTXt
/// (the same, compressed) and iTXt (UTF-8). [PNG specification, 11.3.3]
public enum PNGText {
  /// The text of a PNG file, in the file's order. All of it, inflated, may have
  /// ``ImageLimits/textSize`` bytes.
  ///
  /// - Throws: ``ImageError``, also where a JPEG or something else is in the file.
  public static func read(
    contentsOf path: String
  ) throws(ImageError) -> [(key: String, value: String)] {
    try read(decoding: ImageFile.bytes(BytePath(path)), name: path)
  }

  /// The text in a PNG file's bytes. The name is for the messages of errors.
  ///
  /// - Throws: ``ImageError``.
  public static func read(
    decoding bytes: [UInt8], name: String
  ) throws(ImageError) -> [(key: String, value: String)] {
    guard ImageFormat(signatureOf: bytes) == .png else {
      throw ImageError(.unrecognized, name, "not a PNG; no other image's text is read")
    }
    var chunks = PNGChunks(bytes)
    var pairs: [(key: String, value: String)] = []
    var allowance = ImageLimits.textSize
    while let chunk = chunks.next() {
      guard ["tEXt", "zTXt", "iTXt"].contains(chunk.type) else { continue }
      guard chunk.isSound else {
        throw ImageError(
          .damaged, name, "a \(chunk.type) chunk has another checksum than its bytes")
      }
      let (key, value) = try fields(chunk, allowance, name)
      allowance -= chunk.data.count + value.utf8.count
      guard allowance >= 0 else { throw tooMuch(name) }
      pairs.append((key, value))
    }
    guard chunks.hasEnded else {
      throw ImageError(.damaged, name, "the file ends within a chunk")
    }
    return pairs
  }

  /// The keywords under which texts hold EXIF and XMP.
  static let (rawProfile, xmp) = ("Raw profile type exif", "XML:com.adobe.xmp")

  /// Whether a text begins with one of those keywords.
  static func isMetadata(_ bytes: ArraySlice<UInt8>) -> Bool {
    [rawProfile, xmp].contains { bytes.starts(with: Array("\($0)\0".utf8)) }
  }

  /// The keyword and the value in a chunk of text.
  static func fields(
    _ chunk: PNGChunks.Chunk, _ allowance: Int, _ name: String
  ) throws(ImageError) -> (key: String, value: String) {
    var rest = chunk.data
    /// The bytes up to the next zero, which goes too.
    func field() throws(ImageError) -> ArraySlice<UInt8> {
      guard let end = rest.firstIndex(of: 0) else {
        throw ImageError(.damaged, name, "a \(chunk.type) chunk ends within its fields")
      }
      defer { rest = rest[(end + 1)...] }
      return rest[..<end]
    }
    let key = latin1(try field())
    guard chunk.data.count <= allowance else { throw tooMuch(name) }
    switch chunk.type {
    case "tEXt":
      return (key, latin1(rest))
    case "zTXt":
      rest = rest.dropFirst()  // the method: there is one
      return (key, latin1(try inflated(rest, allowance, name)[...]))
    default:
      let isCompressed = rest.first == 1
      rest = rest.dropFirst(2)  // whether compressed, and the method
      _ = try field()  // the language
      _ = try field()  // the keyword in that language
      if isCompressed { rest = try inflated(rest, allowance, name)[...] }
      return (key, String(decoding: rest, as: UTF8.self))
    }
  }

  private static func inflated(
    _ bytes: ArraySlice<UInt8>, _ capacity: Int, _ name: String
  ) throws(ImageError) -> [UInt8] {
    try Codec.output(name, capacity: capacity) { output, written, message in
      bytes.withUnsafeBufferPointer {
        codec_png_inflate_text($0.baseAddress, $0.count, output, capacity, &written, message)
      }
    }
  }

  private static func tooMuch(_ name: String) -> ImageError {
    ImageError(.tooLarge, name, "its text has more than \(ImageLimits.textSize) bytes")
  }

  private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
    return String(text)
  }

  /// Keywords and values in UTF-8, each with a zero after it, as the encoder takes them.
  static func packed(
    _ text: [(key: String, value: String)], name: String
  ) throws(ImageError) -> [UInt8] {
    var packed: [UInt8] = []
    for (key, value) in text {
      let isKeyword =
        (1...79).contains(key.utf8.count) && key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        && key.first != " " && key.last != " " && !key.contains("  ")
      guard isKeyword else {
        throw ImageError(
          .unsupported, name,
          "the text's keyword \"\(key)\"; it must be 1 to 79 characters of ASCII, with single "
            + "spaces between words")
      }
      guard !value.utf8.contains(0) else {
        throw ImageError(.unsupported, name, "the text of \"\(key)\" has a zero character")
      }
      packed += key.utf8
      packed.append(0)
      packed += value.utf8
      packed.append(0)
    }
    return packed
  }
}
