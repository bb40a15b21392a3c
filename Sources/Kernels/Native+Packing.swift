import KernelInterface

extension Native {
  static func packPanel(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into panel: UnsafeMutablePointer<Float>
  ) {
    let vectors = (columns &+ 15) &>> 4
    let whole = columns &>> 4
    let tail = columns &- whole &* 16
    for k in 0..<depth {
      let from = source + k &* stride
      let to = panel + k &* vectors &* 16
      for v in 0..<whole { store(load(from + v &* 16), to + v &* 16) }
      if tail > 0 { store(loadPart(from + whole &* 16, tail), to + whole &* 16) }
    }
  }

  static func packTransposedPanel(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into panel: UnsafeMutablePointer<Float>
  ) {
    let width = (columns &+ 15) & ~15
    let wholeDepth = depth & ~15
    var column = 0
    while column < width {
      let from = source + column &* stride
      let to = panel + column
      var k = 0
      if column &+ 16 <= columns {
        while k < wholeDepth {
          transpose(from + k, stride, into: to + k &* width, width)
          k = k &+ 16
        }
        if k < depth {
          transposePart(from + k, stride, into: to + k &* width, width, depth &- k)
          k = depth
        }
      }
      let lanes = min(16, columns &- column)
      while k < depth {
        for lane in 0..<16 { to[k &* width &+ lane] = lane < lanes ? from[lane &* stride &+ k] : 0 }
        k = k &+ 1
      }
      column = column &+ 16
    }
  }

  static func packTransposedRows(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, rows: Int,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let last = depth &- 1
    // Few rows of the source at a time, so that what lies beside six of their floats is still at hand
    // for the next six.
    var start = 0
    while start < depth {
      let end = min(start &+ 16, depth)
      var row = 0
      while row < rows {
        let (from, to) = (source + row, packed + row &* depth)
        let lanes = min(6, rows &- row)
        var k = start
        if row &+ 8 <= rows {
          // Eight are read and written for six: what is too many is overwritten by the next six.
          while k < min(end, last) {
            let eight = UnsafeRawPointer(from + k &* stride).loadUnaligned(as: SIMD8<Float>.self)
            UnsafeMutableRawPointer(to + k &* 6).storeBytes(of: eight, as: SIMD8<Float>.self)
            k = k &+ 1
          }
        }
        while k < end {
          for lane in 0..<6 { to[k &* 6 &+ lane] = lane < lanes ? from[k &* stride &+ lane] : 0 }
          k = k &+ 1
        }
        row = row &+ 6
      }
      start = end
    }
  }

  /// The same for the first `depth` floats of each row, fewer than sixteen.
  @inline(never)
  private static func transposePart(
    _ source: UnsafePointer<Float>, _ sourceStride: Int,
    into target: UnsafeMutablePointer<Float>, _ targetStride: Int, _ depth: Int
  ) {
    transpose(source, sourceStride, into: target, targetStride, depth: depth)
  }

  /// Transposes 16x16 floats in four perfect shuffles of the rows r and r + 8.
  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Float>, _ sourceStride: Int,
    into target: UnsafeMutablePointer<Float>, _ targetStride: Int, depth: Int = 16
  ) {
    @inline(__always) func row(_ i: Int) -> Vector {
      let from = source + i &* sourceStride
      return depth == 16 ? load(from) : loadPart(from, depth)
    }
    @inline(__always) func put(_ i: Int, _ v: Vector) {
      if i < depth { store(v, target + i &* targetStride) }
    }
    var r0 = row(0), r1 = row(1), r2 = row(2), r3 = row(3)
    var r4 = row(4), r5 = row(5), r6 = row(6), r7 = row(7)
    var r8 = row(8), r9 = row(9), r10 = row(10), r11 = row(11)
    var r12 = row(12), r13 = row(13), r14 = row(14), r15 = row(15)
    for _ in 0..<4 {
      let t0 = zipLow(r0, r8), t1 = zipHigh(r0, r8), t2 = zipLow(r1, r9), t3 = zipHigh(r1, r9)
      let t4 = zipLow(r2, r10), t5 = zipHigh(r2, r10), t6 = zipLow(r3, r11), t7 = zipHigh(r3, r11)
      let t8 = zipLow(r4, r12), t9 = zipHigh(r4, r12), t10 = zipLow(r5, r13), t11 = zipHigh(r5, r13)
      let t12 = zipLow(r6, r14), t13 = zipHigh(r6, r14)
      let t14 = zipLow(r7, r15), t15 = zipHigh(r7, r15)
      (r0, r1, r2, r3, r4, r5, r6, r7) = (t0, t1, t2, t3, t4, t5, t6, t7)
      (r8, r9, r10, r11, r12, r13, r14, r15) = (t8, t9, t10, t11, t12, t13, t14, t15)
    }
    put(0, r0)
    put(1, r1)
    put(2, r2)
    put(3, r3)
    put(4, r4)
    put(5, r5)
    put(6, r6)
    put(7, r7)
    put(8, r8)
    put(9, r9)
    put(10, r10)
    put(11, r11)
    put(12, r12)
    put(13, r13)
    put(14, r14)
    put(15, r15)
  }

  /// Lanes 0 to 7 of both, alternating.
  @inline(__always)
  private static func zipLow(_ a: Vector, _ b: Vector) -> Vector {
    Vector(
      a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3], a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7]
    )
  }

  /// Lanes 8 to 15 of both, alternating.
  @inline(__always)
  private static func zipHigh(_ a: Vector, _ b: Vector) -> Vector {
    Vector(
      a[8], b[8], a[9], b[9], a[10], b[10], a[11], b[11],
      a[12], b[12], a[13], b[13], a[14], b[14], a[15], b[15])
  }
}
