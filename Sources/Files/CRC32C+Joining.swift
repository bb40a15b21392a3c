extension CRC32C {
  /// Takes in `count` bytes of which the checksum is known, as if they had been given themselves: so parts
  /// of a file can be summed side by side.
  ///
  /// The bits of a checksum are a polynomial, the highest power last; so many bytes more multiply it by
  /// x^(8 count), modulo the checksum's polynomial.
  public mutating func append(_ checksum: CRC32C, count: Int) {
    var (factor, rest, square) = (Self.one, UInt64(count), 3)
    while rest > 0 {
      if rest & 1 == 1 { factor = Self.product(factor, Self.powers[square]) }
      (rest, square) = (rest >> 1, square + 1)
    }
    self = CRC32C(value: Self.product(factor, value) ^ checksum.value)
  }

  /// The polynomial 1.
  private static let one: UInt32 = 1 << 31

  /// x^(2^n) for n from 0 up to 66, so that a count of bytes may have 64 bits.
  private static let powers: [UInt32] = {
    var powers: [UInt32] = [1 << 30]
    while powers.count < 67 {
      let last = powers[powers.count - 1]
      powers.append(product(last, last))
    }
    return powers
  }()

  /// The product of two polynomials, modulo the checksum's.
  private static func product(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var (sum, shifted) = (UInt32(0), b)
    for bit in (0..<32).reversed() {
      if a >> UInt32(bit) & 1 == 1 { sum ^= shifted }
      shifted = shifted & 1 == 1 ? shifted >> 1 ^ 0x82f6_3b78 : shifted >> 1
    }
    return sum
  }
}
