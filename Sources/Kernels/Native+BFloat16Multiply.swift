import KernelInterface

extension Native {
  static func multiply(_ product: BFloat16Tiles) {
    var row = 0
    while row < product.count {
      // Four rows at a time, of which the last may be repeated.
      let last = product.count &- 1
      let (r1, r2, r3) = (min(row &+ 1, last), min(row &+ 2, last), min(row &+ 3, last))
      let places = BFloat16Places(
        a0: product.rows + row &* product.pitch, a1: product.rows + r1 &* product.pitch,
        a2: product.rows + r2 &* product.pitch, a3: product.rows + r3 &* product.pitch,
        c0: product.outputs[row] + product.outputOffset,
        c1: product.outputs[r1] + product.outputOffset,
        c2: product.outputs[r2] + product.outputOffset,
        c3: product.outputs[r3] + product.outputOffset)
      fourRows(product, places, panel: product.panel, column: 0)
      if product.columns > 16 {
        fourRows(product, places, panel: product.panel + 1024, column: 16)
      }
      row = row &+ 4
    }
  }

  /// Four rows of A and of C.
  private struct BFloat16Places {
    let a0: UnsafeRawPointer, a1: UnsafeRawPointer, a2: UnsafeRawPointer, a3: UnsafeRawPointer
    let c0: UnsafeMutableRawPointer, c1: UnsafeMutableRawPointer
    let c2: UnsafeMutableRawPointer, c3: UnsafeMutableRawPointer
  }

  /// Four rows times the tiles of sixteen columns: a float of which the lower half is zero is a bfloat16.
  @inline(never)
  private static func fourRows(
    _ product: BFloat16Tiles, _ places: BFloat16Places, panel: UnsafeRawPointer, column: Int
  ) {
    let left = min(16, product.columns &- column)
    @inline(__always)
    func start(_ c: UnsafeMutableRawPointer) -> Vector {
      guard product.accumulate else { return Vector.zero }
      return load(UnsafePointer(c.assumingMemoryBound(to: Float.self) + column), left: left)
    }
    var (c0, c1) = (start(places.c0), start(places.c1))
    var (c2, c3) = (start(places.c2), start(places.c3))
    let high = IntegerVector(repeating: Int32(bitPattern: 0xffff_0000))
    let shift = IntegerVector(repeating: 16)
    let zero = Vector.zero
    var tile = panel
    var a = 0
    for _ in 0..<product.chunks {
      var e0 = zero, e1 = zero, e2 = zero, e3 = zero
      var o0 = zero, o1 = zero, o2 = zero, o3 = zero
      var i = 0
      while i < 64 {
        let b = bits(load(tile, i &* 16))
        let (first, second) = (floats(b &<< shift), floats(b & high))
        var x = bits(broadcast(places.a0, a &+ i))
        e0 = fma(floats(x &<< shift), first, e0)
        o0 = fma(floats(x & high), second, o0)
        x = bits(broadcast(places.a1, a &+ i))
        e1 = fma(floats(x &<< shift), first, e1)
        o1 = fma(floats(x & high), second, o1)
        x = bits(broadcast(places.a2, a &+ i))
        e2 = fma(floats(x &<< shift), first, e2)
        o2 = fma(floats(x & high), second, o2)
        x = bits(broadcast(places.a3, a &+ i))
        e3 = fma(floats(x &<< shift), first, e3)
        o3 = fma(floats(x & high), second, o3)
        i = i &+ 4
      }
      c0 += e0 + o0
      c1 += e1 + o1
      c2 += e2 + o2
      c3 += e3 + o3
      tile += 2048
      a = a &+ 64
    }
    @inline(__always)
    func put(_ sum: Vector, _ c: UnsafeMutableRawPointer) {
      store(sum, c.assumingMemoryBound(to: Float.self) + column, left: left)
    }
    // A row that was repeated is written again with the same sums.
    put(c0, places.c0)
    put(c1, places.c1)
    put(c2, places.c2)
    put(c3, places.c3)
  }
}
