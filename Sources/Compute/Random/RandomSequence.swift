import KernelInterface

/// Random numbers one after the other, from a place of a `RandomStream`.
public struct RandomSequence: RandomNumberGenerator, Sendable {
  private let generator: Philox
  private let place: RandomPlace
  private var block: UInt32 = 0
  private var spare: UInt64?

  init(_ place: RandomPlace) {
    self.place = place
    generator = Philox(key: place.seed)
  }

  /// 64 random bits: words 0 and 1 of a block, then 2 and 3, the first of a pair in the low half.
  public mutating func next() -> UInt64 {
    if let spare {
      self.spare = nil
      return spare
    }
    let words = generator.words((block, place.sample, place.step, place.stream))
    block &+= 1
    spare = UInt64(words.2) | UInt64(words.3) << 32
    return UInt64(words.0) | UInt64(words.1) << 32
  }

  /// A number in [0, 1): a multiple of 2^-24.
  public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// An integer from 0 up to `bound`: the high half of a 64-bit number times `bound`, whose bias is
  /// below bound / 2^64.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "a random integer below \(bound)")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
