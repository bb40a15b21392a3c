import KernelInterface

/// Sixteen unsigned words.
typealias Words = SIMD16<UInt32>

/// The four words of the sixteen random blocks that hold the 64 elements from `element`, a multiple
/// of 64, on.
@inline(always)
func randomBlocks(_ place: RandomPlace, _ element: Int) -> (Words, Words, Words, Words) {
  let lanes = Words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  let block = UInt32(truncatingIfNeeded: element &>> 2)
  var words = (
    lanes &+ Words(repeating: block), Words(repeating: place.sample),
    Words(repeating: place.step), Words(repeating: place.stream)
  )
  var key0 = UInt32(truncatingIfNeeded: place.seed)
  var key1 = UInt32(truncatingIfNeeded: place.seed &>> 32)
  for _ in 0..<10 {
    let first = multiplyWide(words.0, 0xd251_1f53)
    let second = multiplyWide(words.2, 0xcd9e_8d57)
    words = (
      second.high ^ words.1 ^ Words(repeating: key0), second.low,
      first.high ^ words.3 ^ Words(repeating: key1), first.low
    )
    key0 = key0 &+ 0x9e37_79b9
    key1 = key1 &+ 0xbb67_ae85
  }
  return words
}

/// The halves of the 64-bit products of each lane with `factor`.
@inline(always)
private func multiplyWide(_ words: Words, _ factor: UInt32) -> (high: Words, low: Words) {
  // There are 32-by-32-bit products of every other lane only.
  let pairs = unsafeBitCast(words, to: SIMD8<UInt64>.self)
  let lowHalf = SIMD8<UInt64>(repeating: 0xffff_ffff)
  let width = SIMD8<UInt64>(repeating: 32)
  let factors = SIMD8<UInt64>(repeating: UInt64(truncatingIfNeeded: factor))
  let even = (pairs & lowHalf) &* factors
  let odd = (pairs &>> width) &* factors
  let high = (even &>> width) | (odd & ~lowHalf)
  let low = (even & lowHalf) | (odd &<< width)
  return (unsafeBitCast(high, to: Words.self), unsafeBitCast(low, to: Words.self))
}

/// The words as floats, rounded once, times 2^-32: from 0 to 1.
@inline(always)
func fraction(_ words: Words) -> Vector {
  // A 16-bit integer below the leading bit of 2^23 makes a float without a conversion.
  let shift = Words(repeating: 16)
  let half: Float = 8_388_608
  let base = Words(repeating: half.bitPattern)
  let high = unsafeBitCast((words &>> shift) | base, to: Vector.self) - half
  let low = unsafeBitCast((words & Words(repeating: 0xffff)) | base, to: Vector.self) - half
  return fma(high, 65536, low) * 0x1p-32
}

/// Two normal deviates of each pair of words.
@inline(always)
func normals(_ radius: Words, _ angle: Words) -> (Vector, Vector) {
  // Half a unit keeps the logarithm's argument above 0 and lets it reach 1.
  let r = squareRoot(log(fraction(radius) + 0x1p-33) * -2)
  let turn = sineCosine(fraction(angle) * 6.28318531)
  return (r * turn.cosine, r * turn.sine)
}
