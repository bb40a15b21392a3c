/// The counter-based random generator Philox4x32-10: a pure function from a counter to four words.
///
/// Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (2011). There is no
/// state to advance, so any number can be had first, alone or again.
public struct Philox: Sendable {
  private let key: (UInt32, UInt32)

  /// The generator with that key, low word first.
  public init(key: UInt64) {
    self.key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  /// The four words that belong to `counter`.
  public func words(_ counter: (UInt32, UInt32, UInt32, UInt32)) -> (UInt32, UInt32, UInt32, UInt32)
  {
    var (words, key) = (counter, key)
    for _ in 0..<10 {
      let first = words.0.multipliedFullWidth(by: 0xd251_1f53)
      let second = words.2.multipliedFullWidth(by: 0xcd9e_8d57)
      words = (
        second.high ^ words.1 ^ key.0, second.low, first.high ^ words.3 ^ key.1, first.low
      )
      key = (key.0 &+ 0x9e37_79b9, key.1 &+ 0xbb67_ae85)
    }
    return words
  }
}
