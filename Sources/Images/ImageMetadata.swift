/// What an image's file holds beside its pixels: its EXIF, and its XMP. Of what is damaged or too
/// large, nothing.
struct ImageMetadata {
  /// A TIFF structure.
  private(set) var exif: [UInt8]?
  /// A text in XML.
  private(set) var xmp: [UInt8]?

  /// Those of a JPEG: the segments of EXIF one after the other, and the last of XMP.
  init(jpeg bytes: [UInt8]) {
    for segment in JPEGSegments(bytes) {
      if let part = segment.exif {
        exif = exif ?? []
        exif?.append(contentsOf: part)
      } else if let text = segment.xmp {
        xmp = Array(text)
      }
    }
    exif = exif.map(Self.withoutName)
  }

  /// Those of a PNG, whose pixels may be followed by them.
  init(png bytes: [UInt8]) {
    var profile: String?
    var allowance = ImageLimits.textSize
    for chunk in PNGChunks(bytes) {
      switch chunk.type {
      case "eXIf":
        if chunk.isSound { exif = Array(chunk.data) }
      case "tEXt", "zTXt", "iTXt":
        guard PNGText.isMetadata(chunk.data), chunk.isSound,
          let text = try? PNGText.fields(chunk, allowance, "")
        else { continue }
        allowance = max(allowance - chunk.data.count - text.value.utf8.count, 0)
        if text.key == PNGText.rawProfile { profile = text.value }
        if text.key == PNGText.xmp { xmp = Array(text.value.utf8) }
      default: continue
      }
    }
    exif = (exif ?? profile.flatMap(Self.bytes(inProfile:))).map(Self.withoutName)
  }

  /// Those of a WebP, in the first chunk of each name.
  init(webp bytes: [UInt8]) {
    for chunk in WebPChunks(bytes) {
      if chunk.name == "EXIF" && exif == nil { exif = Self.withoutName(Array(chunk.data)) }
      if chunk.name == "XMP " && xmp == nil { xmp = Array(chunk.data) }
    }
  }

  /// What stands in front of EXIF in a JPEG, and where it was copied from one.
  static let exifName = Array("Exif\0\0".utf8)

  private static func withoutName(_ exif: [UInt8]) -> [UInt8] {
    var rest = exif[...]
    while rest.starts(with: exifName) { rest = rest.dropFirst(exifName.count) }
    return Array(rest)
  }

  /// The bytes of a profile as ImageMagick writes it: an empty line, its name, its length, and from
  /// there on lines of hexadecimal digits.
  private static func bytes(inProfile text: String) -> [UInt8]? {
    let lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).dropFirst(3)
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in lines.joined() {
      let value: UInt8
      switch character {
      case 9, 11, 12, 13, 32: continue
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = character - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = character - UInt8(ascii: "A") + 10
      default: return nil
      }
      if let first = high { bytes.append(first << 4 | value) }
      high = high == nil ? value : nil
    }
    return high == nil ? bytes : nil
  }
}

/// The segments of a JPEG that stand before its pixels.
struct JPEGSegments: Sequence, IteratorProtocol {
  /// A marker and what follows it.
  struct Segment {
    let marker: Int
    let data: ArraySlice<UInt8>

    /// A part of the EXIF, if it is one.
    var exif: ArraySlice<UInt8>? { application(ImageMetadata.exifName) }
    /// The XMP, if it is that.
    var xmp: ArraySlice<UInt8>? { application(Array("http://ns.adobe.com/xap/1.0/\0".utf8)) }

    private func application(_ name: [UInt8]) -> ArraySlice<UInt8>? {
      marker == 0xFFE1 && data.starts(with: name) ? data.dropFirst(name.count) : nil
    }
  }

  private let bytes: [UInt8]
  private var offset = 2  // after the start of the image

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func integer(at offset: Int) -> Int? {
    offset + 1 < bytes.count ? Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) : nil
  }

  mutating func next() -> Segment? {
    // What is no marker is passed over, as libjpeg does, and so are fill bytes.
    while let marker = integer(at: offset) {
      switch marker {
      case 0xFF01, 0xFFD0...0xFFD8:  // nothing follows these
        offset += 2
      case 0xFFD9, 0xFFDA:  // the end, or a scan
        return nil
      case 0xFF01..<0xFFFF:
        guard let length = integer(at: offset + 2), length >= 2,
          offset + 2 + length <= bytes.count
        else { return nil }
        defer { offset += 2 + length }
        return Segment(marker: marker, data: bytes[offset + 4..<offset + 2 + length])
      default:
        offset = bytes[(offset + 1)...].firstIndex(of: 0xFF) ?? bytes.count
      }
    }
    return nil
  }
}
