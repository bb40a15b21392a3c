import TestSupport

/// Damages files, the same way on every machine for the same seed: bits flipped, bytes and lengths set to
/// what breaks things, blocks copied, moved and removed, two files spliced.
struct Mutator: RandomNumberGenerator {
  private var random: SplitMix

  /// A mutator for one input of a run.
  init(seed: UInt64, index: Int) {
    random = SplitMix(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(index))
    _ = next()
  }

  /// The next 64 random bits.
  mutating func next() -> UInt64 { random.next() }

  /// A number from 0 up to below `limit`.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(limit, 1))) }

  /// True once in so many times.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }

  /// One of them.
  mutating func one<T>(of values: [T]) -> T { values[below(values.count)] }

  /// Numbers at which lengths, counts and offsets overflow, or nearly do.
  private static let numbers: [UInt64] = [
    0, 1, 2, 7, 8, 9, 16, 255, 256, 32_767, 32_768, 65_535, 65_536, 0x7FFF_FFFF, 0x8000_0000,
    0xFFFF_FFFF, 1 << 32, 1 << 40, 1 << 62, 0x7FFF_FFFF_FFFF_FFFF, 1 << 63, .max,
  ]

  /// `bytes` with one to five things wrong; `others` may be spliced in, `words` put anywhere.
  mutating func mutated(
    _ bytes: [UInt8], splicing others: [[UInt8]] = [], words: [String] = []
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0...min(below(5), below(5)) { change(&bytes, others, words) }
    return bytes
  }

  private mutating func change(
    _ bytes: inout [UInt8], _ others: [[UInt8]], _ words: [String]
  ) {
    guard !bytes.isEmpty else {
      bytes = Array("\(below(100))".utf8)
      return
    }
    let place = below(bytes.count)
    let length = min(bytes.count - place, 1 + below(once(in: 4) ? bytes.count : 16))
    switch below(12) {
    case 0, 1: bytes[place] ^= 1 << UInt8(below(8))
    case 2: bytes[place] = UInt8(truncatingIfNeeded: one(of: Self.numbers))
    case 3: bytes[place] = UInt8(below(256))
    case 4: setInteger(&bytes, at: place)
    case 5: setDigits(&bytes, after: place)
    case 6: bytes.removeSubrange(place..<(place + length))
    case 7: bytes.insert(contentsOf: bytes[place..<(place + length)], at: below(bytes.count))
    case 8:
      let block = Array(bytes[place..<(place + length)])
      let target = below(bytes.count - length + 1)
      bytes.replaceSubrange(target..<(target + length), with: block)
    case 9: if once(in: 4) { bytes.removeSubrange(place...) }
    case 10:
      if let other = others.isEmpty ? nil : one(of: others), !other.isEmpty {
        bytes = Array(bytes[..<place] + other[below(other.count)...])
      }
    default:
      if !words.isEmpty { bytes.insert(contentsOf: Array(one(of: words).utf8), at: place) }
    }
  }

  /// A binary length, of either byte order.
  private mutating func setInteger(_ bytes: inout [UInt8], at place: Int) {
    let size = one(of: [2, 4, 8])
    guard place + size <= bytes.count else { return }
    let number = one(of: Self.numbers)
    let isBigEndian = once(in: 2)
    for index in 0..<size {
      let shift = UInt64(8 * (isBigEndian ? size - 1 - index : index))
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  /// A number that is written in digits.
  private mutating func setDigits(_ bytes: inout [UInt8], after place: Int) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Array("\(one(of: Self.numbers))".utf8))
  }
}
