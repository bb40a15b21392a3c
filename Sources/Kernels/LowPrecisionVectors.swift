/// Sixteen columns of a panel of weights in low precision, row after row, as floats.
protocol LowPrecisionVectors {
  /// Those of a row; must be inlined.
  func at(_ row: Int) -> Vector
}

/// Sixteen columns in bfloat16, from a multiple of sixteen on.
struct BFloat16Vectors: LowPrecisionVectors {
  private let base: UnsafeRawPointer
  private let shift: IntegerVector

  @inline(always)
  init(_ panel: UnsafeRawPointer, column: Int) {
    base = panel + (column &>> 5) &* 64
    shift = IntegerVector(repeating: column & 16 == 0 ? 16 : 0)
  }

  @inline(always)
  func at(_ row: Int) -> Vector { Self.high(bits(load(base, row &* 256)) &<< shift) }

  /// The low halves.
  @inline(always)
  static func low(_ pairs: Vector) -> Vector {
    floats(bits(pairs) &<< IntegerVector(repeating: 16))
  }

  /// The high halves.
  @inline(always)
  static func high(_ pairs: IntegerVector) -> Vector {
    floats(pairs & IntegerVector(repeating: Int32(bitPattern: 0xffff_0000)))
  }
}

/// Sixteen columns of integers, from a multiple of sixteen on.
struct Int8Vectors: LowPrecisionVectors {
  private let base: UnsafeRawPointer
  private let shift: IntegerVector
  private let scale: Int8Scale

  @inline(always)
  init(_ panel: UnsafeRawPointer, _ scales: UnsafePointer<Float>, column: Int) {
    base = panel + (column & 64)
    shift = IntegerVector(repeating: Int32(truncatingIfNeeded: (column & 48) &>> 1))
    scale = Int8Scale(scales + column)
  }

  @inline(always)
  func at(_ row: Int) -> Vector {
    let word = bits(load(base, row &* 128)) &>> shift
    return scale.weights(word &<< IntegerVector(repeating: 15))
  }
}

/// What makes floats of the integers of sixteen columns.
///
/// The bits of q + 128 below the exponent of 128 are 192 + q / 2. Twice the scale times that, less 384 times the scale,
/// is q times the scale without a rounding: no conversion is needed, and no more than one multiply-add.
struct Int8Scale {
  private let double: Vector
  private let offset: Vector

  @inline(always)
  init(_ scales: UnsafePointer<Float>) {
    let scale = load(scales)
    double = scale + scale
    offset = scale * Vector(repeating: -384)
  }

  /// The weights of words that have q + 128 in bits 15 to 22.
  @inline(always)
  func weights(_ words: IntegerVector) -> Vector {
    let mantissa = words & IntegerVector(repeating: 0x007f_8000)
    return fma(floats(mantissa | IntegerVector(repeating: 0x4300_0000)), double, offset)
  }
}
