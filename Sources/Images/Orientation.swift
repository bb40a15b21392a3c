/// How stored pixels must be turned to stand upright: the eight values of the EXIF tag 274.
///
/// Each is a mirror image or not, then a quarter turn or more, clockwise.
///
/// Where a file tells it, and which of several counts, is as in `exif_transpose` of Pillow: the tag in
/// the first directory of the EXIF, as a number of any type; else XMP's `tiff:Orientation`. EXIF is in
/// APP1 segments of a JPEG, in the chunk EXIF of a WebP, and of a PNG in the chunk eXIf or in a text
/// "Raw profile type exif", as ImageMagick wrote it before there was that chunk. What is none of the
/// eight, or damaged, is upright.
public enum Orientation: Int, Sendable, CaseIterable {
  /// As they are.
  case upright = 1
  /// Left and right swapped.
  case mirrored
  /// Half a turn.
  case turned180
  /// Top and bottom swapped.
  case flipped
  /// Rows become columns: mirrored along the diagonal from the top left.
  case transposed
  /// A quarter turn clockwise.
  case turned90
  /// Mirrored along the diagonal from the top right.
  case transversed
  /// A quarter turn counterclockwise.
  case turned270

  /// Whether width and height change places.
  var swapsSides: Bool { rawValue >= 5 }

  /// What a file of that format says.
  init(of bytes: [UInt8], _ format: ImageFormat, _ reading: ImageReading) {
    let value =
      switch (format, reading) {
      case (.jpeg, .first): Self.firstShort(inJPEG: bytes)
      case (.png, .first): nil as Int?
      case (.jpeg, _): Self.value(ImageMetadata(jpeg: bytes))
      case (.png, _): Self.value(ImageMetadata(png: bytes))
      case (.webp, _): Self.value(ImageMetadata(webp: bytes))
      }
    self = value.flatMap(Self.init(rawValue:)) ?? .upright
  }

  private static func value(_ metadata: ImageMetadata) -> Int? {
    if let exif = metadata.exif, !exif.isEmpty {
      guard let directory = TIFFDirectory(exif) else { return nil }
      if let entry = directory.first(tag) { return entry.wholeNumber }
    }
    return metadata.xmp.flatMap(value(inXMP:))
  }

  private static let tag = 274

  /// The digit behind the first `tiff:Orientation`, be it an attribute or an element.
  private static func value(inXMP text: [UInt8]) -> Int? {
    let name = Array("tiff:Orientation".utf8)
    for start in text.indices where text[start] == name[0] && text[start...].starts(with: name) {
      var rest = text[(start + name.count)...]
      if rest.starts(with: Array("=\"".utf8)) {
        rest = rest.dropFirst(2)
      } else if rest.first == UInt8(ascii: ">") {
        rest = rest.dropFirst()
      } else {
        continue
      }
      if let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
        return Int(digit - UInt8(ascii: "0"))
      }
    }
    return nil
  }

  /// As the first rules have it: the first entry of the tag that is an integer of 16 bits.
  private static func firstShort(inJPEG bytes: [UInt8]) -> Int? {
    guard let exif = JPEGSegments(bytes).lazy.compactMap(\.exif).first else { return nil }
    var file = StoredIntegers(bytes: exif)
    switch file.integer(at: 0, size: 4) {
    case 0x4949_2A00: file.isLittleEndian = true
    case 0x4D4D_002A: break
    default: return nil
    }
    guard let directory = file.integer(at: 4, size: 4),
      let count = file.integer(at: directory, size: 2)
    else { return nil }
    for entry in 0..<count {
      let offset = directory + 2 + 12 * entry
      guard let tag = file.integer(at: offset, size: 2),
        let type = file.integer(at: offset + 2, size: 2)
      else { return nil }
      if tag == Self.tag, type == TIFFDirectory.Kind.short.rawValue {
        return file.integer(at: offset + 8, size: 2)
      }
    }
    return nil
  }
}
