import KernelInterface

/// How far ahead of its use a panel is asked for. Where the processor does not see by itself that memory is read in
/// order, as in some virtual machines, each row would else be waited for while nothing is computed.
private let bytesAhead = 4096

// A single row, which is bound by how fast weights come: as many sums as the additions need to overlap, and the
// registers hold.
extension Native {
  static func multiplyBFloat16Panel(_ product: LowPrecisionRows) {
    if product.count > 1 { return bfloat16Rows(product) }
    #if AVX512
      bfloat16RowOfEight(product)
    #else
      bfloat16RowOfFour(product, 0)
      if product.columns > 64 { bfloat16RowOfFour(product, 64) }
    #endif
  }

  static func multiplyInt8Panel(_ product: LowPrecisionRows, scales: UnsafePointer<Float>) {
    if product.count > 1 { return int8Rows(product, scales) }
    #if AVX512
      int8RowOfEight(product, scales)
    #else
      int8RowOfFour(product, scales, 0)
      if product.columns > 64 { int8RowOfFour(product, scales, 64) }
    #endif
  }

  #if AVX512
    @inline(never) private static func bfloat16RowOfEight(_ product: LowPrecisionRows) {
      bfloat16Row(product, from: 0, vectors: 8)
    }

    @inline(never) private static func int8RowOfEight(
      _ product: LowPrecisionRows, _ scales: UnsafePointer<Float>
    ) {
      int8Row(product, scales, from: 0, vectors: 8)
    }
  #else
    @inline(never) private static func bfloat16RowOfFour(_ product: LowPrecisionRows, _ column: Int)
    {
      bfloat16Row(product, from: column, vectors: 4)
    }

    @inline(never) private static func int8RowOfFour(
      _ product: LowPrecisionRows, _ scales: UnsafePointer<Float>, _ column: Int
    ) {
      int8Row(product, scales, from: column, vectors: 4)
    }
  #endif

  /// Four or eight vectors of a row; `vectors` is a literal at each call.
  @inline(__always)
  private static func bfloat16Row(_ product: LowPrecisionRows, from first: Int, vectors: Int) {
    let zero = Vector.zero
    var c0 = zero, c1 = zero, c2 = zero, c3 = zero
    var c4 = zero, c5 = zero, c6 = zero, c7 = zero
    var b = product.panel + first &* 2
    let a = product.rows
    for k in 0..<product.depth {
      prefetch(b, bytesAhead, lines: vectors / 2)
      let x = Vector(repeating: a[k])
      let p = load(b), q = load(b, 64)
      c0 = fma(x, BFloat16Vectors.low(p), c0)
      c1 = fma(x, BFloat16Vectors.high(bits(p)), c1)
      c2 = fma(x, BFloat16Vectors.low(q), c2)
      c3 = fma(x, BFloat16Vectors.high(bits(q)), c3)
      if vectors > 4 {
        let r = load(b, 128), s = load(b, 192)
        c4 = fma(x, BFloat16Vectors.low(r), c4)
        c5 = fma(x, BFloat16Vectors.high(bits(r)), c5)
        c6 = fma(x, BFloat16Vectors.low(s), c6)
        c7 = fma(x, BFloat16Vectors.high(bits(s)), c7)
      }
      b += 256
    }
    put(product, first, c0, c1, c2, c3)
    if vectors > 4 { put(product, 64, c4, c5, c6, c7) }
  }

  /// The same of integers.
  @inline(__always)
  private static func int8Row(
    _ product: LowPrecisionRows, _ scales: UnsafePointer<Float>, from first: Int, vectors: Int
  ) {
    let zero = Vector.zero
    var c0 = zero, c1 = zero, c2 = zero, c3 = zero
    var c4 = zero, c5 = zero, c6 = zero, c7 = zero
    let s = scales + first
    let s0 = Int8Scale(s), s1 = Int8Scale(s + 16), s2 = Int8Scale(s + 32), s3 = Int8Scale(s + 48)
    // With four vectors these are not used.
    let t = vectors > 4 ? s + 64 : s
    let s4 = Int8Scale(t), s5 = Int8Scale(t + 16), s6 = Int8Scale(t + 32), s7 = Int8Scale(t + 48)
    var b = product.panel + first
    let a = product.rows
    let fifteen = IntegerVector(repeating: 15), seven = IntegerVector(repeating: 7)
    let one = IntegerVector(repeating: 1), nine = IntegerVector(repeating: 9)
    for k in 0..<product.depth {
      prefetch(b, bytesAhead, lines: vectors / 4)
      let x = Vector(repeating: a[k])
      let p = bits(load(b))
      c0 = fma(x, s0.weights(p &<< fifteen), c0)
      c1 = fma(x, s1.weights(p &<< seven), c1)
      c2 = fma(x, s2.weights(p &>> one), c2)
      c3 = fma(x, s3.weights(p &>> nine), c3)
      if vectors > 4 {
        let q = bits(load(b, 64))
        c4 = fma(x, s4.weights(q &<< fifteen), c4)
        c5 = fma(x, s5.weights(q &<< seven), c5)
        c6 = fma(x, s6.weights(q &>> one), c6)
        c7 = fma(x, s7.weights(q &>> nine), c7)
      }
      b += 128
    }
    put(product, first, c0, c1, c2, c3)
    if vectors > 4 { put(product, 64, c4, c5, c6, c7) }
  }

  /// Writes four vectors of a row, as far as they count.
  @inline(__always)
  private static func put(
    _ product: LowPrecisionRows, _ first: Int, _ c0: Vector, _ c1: Vector, _ c2: Vector,
    _ c3: Vector
  ) {
    let (c, left) = (product.output + first, product.columns &- first)
    store(c0, c, left: left, accumulate: product.accumulate)
    store(c1, c + 16, left: left &- 16, accumulate: product.accumulate)
    store(c2, c + 32, left: left &- 32, accumulate: product.accumulate)
    store(c3, c + 48, left: left &- 48, accumulate: product.accumulate)
  }
}
