/// What the operands of matrix products and convolutions are rounded to; sums are Float32 always.
public enum Precision: String, CaseIterable, Sendable {
  /// Not at all.
  case float32
  /// To bfloat16, eight bits of mantissa, and summed in the order of Intel's matrix unit (AMX), which is several
  /// times as fast. Other processors make the same bits, slowly.
  case bfloat16Amx = "bfloat16-amx"

  /// Fewer columns, rows of weights or channels than these are not rounded: there is little to gain, and the first
  /// and the last layer of a network are the sensitive ones.
  static let smallestSide = 16
}
