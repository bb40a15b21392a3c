import KernelInterface

// A few rows: weights become floats once for four or eight of them.
extension Native {
  @inline(never)
  static func bfloat16Rows(_ product: LowPrecisionRows) {
    var column = 0
    while column < product.columns {
      let weights = BFloat16Vectors(product.panel, column: column)
      #if AVX512
        let more = BFloat16Vectors(product.panel, column: column &+ 16)
        if product.count > 4 {
          rows(product, 0, column, weights, more, count: 8)
        } else {
          rows(product, 0, column, weights, more, count: 4)
        }
        column = column &+ 32
      #else
        fourRows(product, 0, column, weights)
        if product.count > 4 { fourRows(product, 4, column, weights) }
        column = column &+ 16
      #endif
    }
  }

  @inline(never)
  static func int8Rows(_ product: LowPrecisionRows, _ scales: UnsafePointer<Float>) {
    var column = 0
    while column < product.columns {
      let weights = Int8Vectors(product.panel, scales, column: column)
      #if AVX512
        let more = Int8Vectors(product.panel, scales, column: column &+ 16)
        if product.count > 4 {
          rows(product, 0, column, weights, more, count: 8)
        } else {
          rows(product, 0, column, weights, more, count: 4)
        }
        column = column &+ 32
      #else
        fourRows(product, 0, column, weights)
        if product.count > 4 { fourRows(product, 4, column, weights) }
        column = column &+ 16
      #endif
    }
  }

  /// Row `index` of A; behind the last one, that one again.
  @inline(__always)
  private static func row(_ product: LowPrecisionRows, _ index: Int) -> UnsafePointer<Float> {
    let last = product.count &- 1
    return product.rows + (index < last ? index : last) &* product.pitch
  }

  /// Writes one vector of a row, as far as both count.
  @inline(__always)
  private static func put(_ product: LowPrecisionRows, _ row: Int, _ column: Int, _ sum: Vector) {
    let left = row < product.count ? product.columns &- column : 0
    if left > 0 {
      store(
        sum, product.output + (row &* product.outputPitch &+ column), left: left,
        accumulate: product.accumulate)
    }
  }

  #if AVX512
    /// Four or eight rows by two vectors of columns; `count` is a literal at each call.
    @inline(__always)
    private static func rows<Weights: LowPrecisionVectors>(
      _ product: LowPrecisionRows, _ first: Int, _ column: Int, _ left: Weights, _ right: Weights,
      count: Int
    ) {
      let zero = Vector.zero
      var c00 = zero, c01 = zero, c10 = zero, c11 = zero
      var c20 = zero, c21 = zero, c30 = zero, c31 = zero
      var c40 = zero, c41 = zero, c50 = zero, c51 = zero
      var c60 = zero, c61 = zero, c70 = zero, c71 = zero
      let a0 = row(product, first), a1 = row(product, first &+ 1)
      let a2 = row(product, first &+ 2), a3 = row(product, first &+ 3)
      let a4 = row(product, first &+ 4), a5 = row(product, first &+ 5)
      let a6 = row(product, first &+ 6), a7 = row(product, first &+ 7)
      for k in 0..<product.depth {
        let v = left.at(k), w = right.at(k)
        var x = Vector(repeating: a0[k])
        c00 = fma(x, v, c00)
        c01 = fma(x, w, c01)
        x = Vector(repeating: a1[k])
        c10 = fma(x, v, c10)
        c11 = fma(x, w, c11)
        x = Vector(repeating: a2[k])
        c20 = fma(x, v, c20)
        c21 = fma(x, w, c21)
        x = Vector(repeating: a3[k])
        c30 = fma(x, v, c30)
        c31 = fma(x, w, c31)
        if count > 4 {
          x = Vector(repeating: a4[k])
          c40 = fma(x, v, c40)
          c41 = fma(x, w, c41)
          x = Vector(repeating: a5[k])
          c50 = fma(x, v, c50)
          c51 = fma(x, w, c51)
          x = Vector(repeating: a6[k])
          c60 = fma(x, v, c60)
          c61 = fma(x, w, c61)
          x = Vector(repeating: a7[k])
          c70 = fma(x, v, c70)
          c71 = fma(x, w, c71)
        }
      }
      put(product, first, column, c00, c01)
      put(product, first &+ 1, column, c10, c11)
      put(product, first &+ 2, column, c20, c21)
      put(product, first &+ 3, column, c30, c31)
      if count > 4 {
        put(product, first &+ 4, column, c40, c41)
        put(product, first &+ 5, column, c50, c51)
        put(product, first &+ 6, column, c60, c61)
        put(product, first &+ 7, column, c70, c71)
      }
    }

    @inline(__always)
    private static func put(
      _ product: LowPrecisionRows, _ row: Int, _ column: Int, _ sum: Vector, _ next: Vector
    ) {
      put(product, row, column, sum)
      put(product, row, column &+ 16, next)
    }
  #else
    /// Four rows by one vector of columns.
    @inline(__always)
    private static func fourRows<Weights: LowPrecisionVectors>(
      _ product: LowPrecisionRows, _ first: Int, _ column: Int, _ weights: Weights
    ) {
      let zero = Vector.zero
      var c0 = zero, c1 = zero, c2 = zero, c3 = zero
      let a0 = row(product, first), a1 = row(product, first &+ 1)
      let a2 = row(product, first &+ 2), a3 = row(product, first &+ 3)
      for k in 0..<product.depth {
        let w = weights.at(k)
        c0 = fma(Vector(repeating: a0[k]), w, c0)
        c1 = fma(Vector(repeating: a1[k]), w, c1)
        c2 = fma(Vector(repeating: a2[k]), w, c2)
        c3 = fma(Vector(repeating: a3[k]), w, c3)
      }
      put(product, first, column, c0)
      put(product, first &+ 1, column, c1)
      put(product, first &+ 2, column, c2)
      put(product, first &+ 3, column, c3)
    }
  #endif
}
