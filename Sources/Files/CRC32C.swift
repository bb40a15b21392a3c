/// The checksum CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), as in iSCSI, ext4 and
/// TensorBoard's event files. It finds every single flipped bit.
public struct CRC32C: Equatable, Sendable {
  private var state: UInt32 = ~0

  /// The checksum of nothing yet.
  public init() {}

  /// The checksum of bytes that are known by it.
  init(value: UInt32) { state = ~value }

  /// The checksum of `bytes`.
  public init(of bytes: some Sequence<UInt8>) {
    let array = Array(bytes)
    array.withUnsafeBytes { update($0) }
  }

  /// The checksum of what was given so far.
  public var value: UInt32 { ~state }

  /// The checksum as eight hexadecimal digits.
  public var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Takes in `bytes`, eight at a time: entry [j, b] of the table is the effect that the byte b has
  /// when j more bytes follow it (Kounavis and Berry, "Novel Table Lookup-Based Algorithms for
  /// High-Performance CRC Generation", 2008).
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    state = Self.table.withUnsafeBufferPointer { buffer -> UInt32 in
      guard let table = buffer.baseAddress else { return state }
      var crc = state
      var offset = 0
      while offset &+ 8 <= bytes.count {
        let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ UInt64(crc)
        let low = table[1792 &+ Int(word & 255)] ^ table[1536 &+ Int(word >> 8 & 255)]
        let lower = table[1280 &+ Int(word >> 16 & 255)] ^ table[1024 &+ Int(word >> 24 & 255)]
        let upper = table[768 &+ Int(word >> 32 & 255)] ^ table[512 &+ Int(word >> 40 & 255)]
        let high = table[256 &+ Int(word >> 48 & 255)] ^ table[Int(word >> 56)]
        crc = low ^ lower ^ upper ^ high
        offset &+= 8
      }
      while offset < bytes.count {
        let byte = base.load(fromByteOffset: offset, as: UInt8.self)
        crc = table[Int((crc ^ UInt32(byte)) & 255)] ^ (crc >> 8)
        offset &+= 1
      }
      return crc
    }
  }

  /// Eight tables of 256 entries.
  private static let table: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
      table[byte] = crc
    }
    for index in 256..<table.count {
      let shorter = table[index - 256]
      table[index] = table[Int(shorter & 255)] ^ shorter >> 8
    }
    return table
  }()
}
