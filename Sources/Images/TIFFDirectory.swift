/// The first directory of a TIFF structure, as EXIF has it. [TIFF 6.0, section 2]
///
/// It is read as far as it goes: an entry whose values lie outside ends it.
struct TIFFDirectory {
  /// What an entry's values are.
  enum Kind: Int {
    case byte = 1
    case ascii, short, long, rational, signedByte, undefined, signedShort, signedLong
    case signedRational, float, double, directory
    case long8 = 16

    /// Bytes of a value.
    var size: Int {
      switch self {
      case .byte, .ascii, .signedByte, .undefined: 1
      case .short, .signedShort: 2
      case .long, .signedLong, .float, .directory: 4
      case .rational, .signedRational, .double, .long8: 8
      }
    }
  }

  /// An entry's first value.
  struct Entry {
    let kind: Kind
    fileprivate let value: StoredIntegers

    /// The value as an integer, if it is a number and has no fraction. A byte is taken for data.
    var wholeNumber: Int? {
      switch kind {
      case .byte, .ascii, .undefined: return nil
      case .short, .long, .directory: return value.integer(at: 0, size: kind.size)
      case .signedByte: return bits(1).map { Int(Int8(truncatingIfNeeded: $0)) }
      case .signedShort: return bits(2).map { Int(Int16(truncatingIfNeeded: $0)) }
      case .signedLong: return bits(4).map { Int(Int32(truncatingIfNeeded: $0)) }
      case .long8: return bits(8).flatMap { Int(exactly: $0) }
      case .float:
        return bits(4).flatMap { Int(exactly: Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
      case .double: return bits(8).flatMap { Int(exactly: Double(bitPattern: $0)) }
      case .rational, .signedRational:
        guard var top = value.integer(at: 0, size: 4), var bottom = value.integer(at: 4, size: 4)
        else { return nil }
        if kind == .signedRational {
          top = Int(Int32(truncatingIfNeeded: top))
          bottom = Int(Int32(truncatingIfNeeded: bottom))
        }
        return bottom != 0 && top % bottom == 0 ? top / bottom : nil
      }
    }

    /// The bits of a value of so many bytes.
    private func bits(_ size: Int) -> UInt64? {
      guard size == 8 else { return value.integer(at: 0, size: size).map { UInt64($0) } }
      guard let first = value.integer(at: 0, size: 4), let last = value.integer(at: 4, size: 4)
      else { return nil }
      let (high, low) = value.isLittleEndian ? (last, first) : (first, last)
      return UInt64(high) << 32 | UInt64(low)
    }
  }

  private let file: StoredIntegers
  private let start: Int

  /// The directory of a structure; nil where the header is none. As in Pillow, the number in it may be
  /// stored in the other order, or be that of BigTIFF.
  init?(_ bytes: [UInt8]) {
    var file = StoredIntegers(bytes: bytes[...])
    switch file.integer(at: 0, size: 4) {
    case 0x4949_2A00, 0x4949_002A: file.isLittleEndian = true
    case 0x4D4D_002A, 0x4D4D_2A00, 0x4D4D_002B: break
    default: return nil
    }
    guard let start = file.integer(at: 4, size: 4) else { return nil }
    (self.file, self.start) = (file, start)
  }

  /// The first entry of that tag that has a known type and a value.
  func first(_ tag: Int) -> Entry? {
    for number in 0..<(file.integer(at: start, size: 2) ?? 0) {
      let offset = start + 2 + 12 * number
      guard let found = file.integer(at: offset, size: 2),
        let type = file.integer(at: offset + 2, size: 2),
        let count = file.integer(at: offset + 4, size: 4),
        let field = file.integer(at: offset + 8, size: 4)
      else { return nil }
      guard let kind = Kind(rawValue: type) else { continue }
      let size = count * kind.size
      let place = size > 4 ? field : offset + 8
      guard place <= file.bytes.count - size else { return nil }
      if found == tag && size > 0 {
        let first = file.bytes.startIndex + place
        return Entry(
          kind: kind,
          value: StoredIntegers(
            bytes: file.bytes[first..<first + kind.size], isLittleEndian: file.isLittleEndian))
      }
    }
    return nil
  }
}
