/// The value of a half-precision float of these bits, which 32 bits hold exactly.
///
/// `Float(Float16(bitPattern:))` computes with denormals, which threads that flush them take for 0, and
/// so lost the values below 2^-14.
func widenedHalf(_ bits: UInt16) -> Float {
  let (sign, magnitude) = (UInt32(bits & 0x8000) << 16, UInt32(bits & 0x7fff))
  if magnitude < 0x400 {
    let value = Float(magnitude) * 0x1p-24
    return Float(bitPattern: value.bitPattern | sign)
  }
  // The exponent's bias goes from 15 to 127, or from all ones to all ones.
  let bias: UInt32 = magnitude < 0x7c00 ? 127 - 15 : 255 - 31
  return Float(bitPattern: sign | (magnitude << 13) + bias << 23)
}
