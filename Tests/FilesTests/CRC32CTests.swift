import Files
import Testing

struct CRC32CTests {
  @Test func vectors() {
    // RFC 3720, section B.4, and the check value of the catalogs.
    #expect(CRC32C(of: "123456789".utf8).hexadecimal == "e3069283")
    #expect(CRC32C(of: [UInt8](repeating: 0, count: 32)).value == 0x8a91_36aa)
    #expect(CRC32C(of: [UInt8](repeating: 255, count: 32)).value == 0x62a8_ab43)
    #expect(CRC32C(of: (0..<32).map(UInt8.init)).value == 0x46dd_794e)
    #expect(CRC32C(of: []).hexadecimal == "00000000")
  }

  @Test func checksumsOfPartsAreJoined() {
    let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    for count in [0, 1, 7, 8, 255, 65_537, 70_000] {
      var checksum = CRC32C(of: bytes[..<count])
      checksum.append(CRC32C(of: bytes[count...]), count: bytes.count - count)
      #expect(checksum == CRC32C(of: bytes))
    }
  }

  @Test func anyCutGivesTheSameSum() {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37) }
    for cut in 0...bytes.count {
      var checksum = CRC32C()
      Array(bytes[..<cut]).withUnsafeBytes { checksum.update($0) }
      Array(bytes[cut...]).withUnsafeBytes { checksum.update($0) }
      #expect(checksum == CRC32C(of: bytes))
    }
  }
}
