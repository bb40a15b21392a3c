/// The element types of safetensors, in the format's order.
public enum SafetensorsType: String, CaseIterable, Sendable {
  case bool = "BOOL"
  case f4 = "F4"
  case f6E2M3 = "F6_E2M3"
  case f6E3M2 = "F6_E3M2"
  case u8 = "U8"
  case i8 = "I8"
  case f8E5M2 = "F8_E5M2"
  case f8E4M3 = "F8_E4M3"
  case f8E8M0 = "F8_E8M0"
  case f8E4M3FNUZ = "F8_E4M3FNUZ"
  case f8E5M2FNUZ = "F8_E5M2FNUZ"
  case i16 = "I16"
  case u16 = "U16"
  case f16 = "F16"
  case bf16 = "BF16"
  case i32 = "I32"
  case u32 = "U32"
  case f32 = "F32"
  case c64 = "C64"
  case f64 = "F64"
  case i64 = "I64"
  case u64 = "U64"

  /// How many bits an element takes.
  public var bits: Int {
    switch self {
    case .f4: 4
    case .f6E2M3, .f6E3M2: 6
    case .bool, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0, .f8E4M3FNUZ, .f8E5M2FNUZ: 8
    case .i16, .u16, .f16, .bf16: 16
    case .i32, .u32, .f32: 32
    case .c64, .f64, .i64, .u64: 64
    }
  }

  /// The bytes that an array of that shape takes, or nil where that is not whole or overflows, a
  /// length of zero or not: some product of the others would, later.
  func byteCount(of shape: [Int]) -> Int? {
    var size = bits
    for length in shape where length != 0 {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      if overflow { return nil }
      size = product
    }
    if shape.contains(0) { return 0 }
    return size % 8 == 0 ? size / 8 : nil
  }

  /// The place in the format's order.
  var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
