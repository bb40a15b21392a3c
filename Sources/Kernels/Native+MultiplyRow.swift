import KernelInterface

extension Native {
  static func multiplyRow(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into c: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    var column = 0
    // As many sums as the additions need to overlap, and the registers hold.
    #if AVX512
      while column &+ 128 <= columns {
        rowOfEight(a, b + column, stride, depth, c + column, accumulate)
        column = column &+ 128
      }
    #endif
    while column &+ 64 <= columns {
      rowOfFour(a, b + column, stride, depth, c + column, accumulate)
      column = column &+ 64
    }
    while column < columns {
      rowOfOne(a, b + column, stride, depth, c + column, columns &- column, accumulate)
      column = column &+ 16
    }
  }

  #if AVX512
    @inline(never) private static func rowOfEight(
      _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ stride: Int, _ depth: Int,
      _ c: UnsafeMutablePointer<Float>, _ accumulate: Bool
    ) {
      row(a, b, stride, depth, c, accumulate, vectors: 8)
    }
  #endif

  @inline(never) private static func rowOfFour(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ stride: Int, _ depth: Int,
    _ c: UnsafeMutablePointer<Float>, _ accumulate: Bool
  ) {
    row(a, b, stride, depth, c, accumulate, vectors: 4)
  }

  /// Four or eight vectors of a row; `vectors` is a literal at each call.
  @inline(__always)
  private static func row(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ stride: Int, _ depth: Int,
    _ c: UnsafeMutablePointer<Float>, _ accumulate: Bool, vectors: Int
  ) {
    let zero = Vector.zero
    var c0 = zero, c1 = zero, c2 = zero, c3 = zero
    var c4 = zero, c5 = zero, c6 = zero, c7 = zero
    var b = b
    for k in 0..<depth {
      let x = Vector(repeating: a[k])
      c0 = fma(x, load(b), c0)
      c1 = fma(x, load(b + 16), c1)
      c2 = fma(x, load(b + 32), c2)
      c3 = fma(x, load(b + 48), c3)
      if vectors > 4 {
        c4 = fma(x, load(b + 64), c4)
        c5 = fma(x, load(b + 80), c5)
        c6 = fma(x, load(b + 96), c6)
        c7 = fma(x, load(b + 112), c7)
      }
      b += stride
    }
    @inline(__always)
    func put(_ sum: Vector, _ place: Int) {
      store(sum, c + place, left: 16, accumulate: accumulate)
    }
    put(c0, 0)
    put(c1, 16)
    put(c2, 32)
    put(c3, 48)
    if vectors > 4 {
      put(c4, 64)
      put(c5, 80)
      put(c6, 96)
      put(c7, 112)
    }
  }

  @inline(never) private static func rowOfOne(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ stride: Int, _ depth: Int,
    _ c: UnsafeMutablePointer<Float>, _ left: Int, _ accumulate: Bool
  ) {
    var sum = Vector.zero
    for k in 0..<depth {
      sum = fma(Vector(repeating: a[k]), load(b + k &* stride, left: left), sum)
    }
    store(sum, c, left: left, accumulate: accumulate)
  }
}
