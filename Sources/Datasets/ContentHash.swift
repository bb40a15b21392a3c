/// A 64-bit fingerprint of bytes: equal content gives an equal one, and other content, unless made to
/// deceive, another.
///
/// Words of eight bytes are folded in by exclusive or, multiplication by an odd constant (the golden
/// ratio's) and a shift that brings the high bits down; each step is a bijection of the state.
public struct ContentHash {
  /// What all that was folded in comes to.
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The fingerprint of nothing.
  public init() {}

  /// Folds in a number.
  mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
    value ^= value >> 32
  }

  /// Folds in a number.
  public mutating func add(_ number: Int) { add(UInt64(truncatingIfNeeded: number)) }

  /// Folds in bytes and how many there are.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(bytes.count)
    var offset = 0
    while offset + 8 <= bytes.count {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    while offset < bytes.count {
      add(UInt64(bytes[offset]))
      offset += 1
    }
  }

  /// Folds in a text's UTF-8.
  public mutating func add(_ text: String) {
    Array(text.utf8).withUnsafeBytes { add($0) }
  }
}
