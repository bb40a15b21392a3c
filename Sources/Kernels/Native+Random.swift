import KernelInterface

extension Native: RandomKernels {
  static func fillUniforms(
    _ y: UnsafeMutablePointer<Float>, _ count: Int, _ place: RandomPlace, _ first: Int,
    _ low: Float, _ high: Float
  ) {
    var i = 0
    while i < count {
      let words = randomBlocks(place, first &+ i)
      store(uniform(words.0, low, high), y + i, left: count &- i)
      store(uniform(words.1, low, high), y + i + 16, left: count &- i &- 16)
      store(uniform(words.2, low, high), y + i + 32, left: count &- i &- 32)
      store(uniform(words.3, low, high), y + i + 48, left: count &- i &- 48)
      i = i &+ 64
    }
  }

  @inline(always)
  private static func uniform(_ words: Words, _ low: Float, _ high: Float) -> Vector {
    // Without its last byte the word is exact as a float, and never rounds up to 1.
    fma(fraction(words & ~Words(repeating: 0xff)), high - low, low)
  }

  static func fillNormals(
    _ y: UnsafeMutablePointer<Float>, _ count: Int, _ place: RandomPlace, _ first: Int,
    _ mean: Float, _ deviation: Float
  ) {
    var i = 0
    while i < count {
      var words = randomBlocks(place, first &+ i)
      // The pairs of words take turns in first place, so that there is one copy of the loop's body.
      for offset in stride(from: i, to: min(i &+ 64, count), by: 32) {
        let (a, b) = normals(words.0, words.1)
        store(fma(a, deviation, mean), y + offset, left: count &- offset)
        store(fma(b, deviation, mean), y + offset + 16, left: count &- offset &- 16)
        words = (words.2, words.3, words.0, words.1)
      }
      i = i &+ 64
    }
  }

  static func dropout(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int,
    _ place: RandomPlace, _ first: Int, _ threshold: UInt32, _ scale: Float, _ accumulate: Bool
  ) {
    let limits = Words(repeating: threshold)
    var i = 0
    while i < count {
      var words = randomBlocks(place, first &+ i)
      // The words take turns in first place, so that there is one copy of the loop's body.
      for offset in stride(from: i, to: min(i &+ 64, count), by: 16) {
        let rest = count &- offset
        let factor = choose(words.0 .>= limits, Vector(repeating: scale), Vector.zero)
        let old = accumulate ? load(y + offset, left: rest) : Vector.zero
        store(fma(load(x + offset, left: rest), factor, old), y + offset, left: rest)
        words = (words.1, words.2, words.3, words.0)
      }
      i = i &+ 64
    }
  }
}
