/// How stored pixels must be turned to stand upright: the eight values of the EXIF tag 274.
///
/// Each is a mirror image or not, then a quarter turn or more, clockwise.
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

  /// The orientation in the EXIF segment of a JPEG's bytes; upright where none is told.
  init(inJPEG bytes: [UInt8]) {
    self = Self.exif(inJPEG: bytes).flatMap(Self.init(inTIFF:)) ?? .upright
  }

  /// The TIFF structure of the first EXIF segment that stands before the pixels.
  private static func exif(inJPEG bytes: [UInt8]) -> ArraySlice<UInt8>? {
    let file = StoredIntegers(bytes: bytes[...])
    var offset = 2  // after the start of the image
    while let marker = file.integer(at: offset, size: 2) {
      if marker == 0xFFFF {  // a fill byte
        offset += 1
        continue
      }
      let isStartOfScan = marker == 0xFFDA
      guard marker > 0xFF00, !isStartOfScan, let length = file.integer(at: offset + 2, size: 2),
        length >= 2, offset + 2 + length <= bytes.count
      else { return nil }
      let segment = bytes[offset + 4..<offset + 2 + length]
      if marker == 0xFFE1, segment.starts(with: Array("Exif\0\0".utf8)) {
        return segment.dropFirst(6)
      }
      offset += 2 + length
    }
    return nil
  }

  /// The tag's value in the first directory of a TIFF structure.
  private init?(inTIFF bytes: ArraySlice<UInt8>) {
    var file = StoredIntegers(bytes: bytes)
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
      let shortInteger = 3
      if tag == 274, type == shortInteger {
        guard let value = file.integer(at: offset + 8, size: 2) else { return nil }
        self.init(rawValue: value)
        return
      }
    }
    return nil
  }
}
