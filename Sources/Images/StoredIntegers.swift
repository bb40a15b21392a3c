/// Unsigned integers in a file's bytes. One that lies outside the bytes is nil.
struct StoredIntegers {
  let bytes: ArraySlice<UInt8>
  var isLittleEndian = false

  /// The integer of `size` bytes, at most four, that starts so far from the first byte.
  func integer(at offset: Int, size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    let start = bytes.startIndex + offset
    let stored = bytes[start..<start + size]
    return isLittleEndian
      ? stored.reversed().reduce(0) { $0 << 8 | Int($1) }
      : stored.reduce(0) { $0 << 8 | Int($1) }
  }
}
