import KernelInterface

extension Native {
  public static func multiply(_ product: TileProduct) {
    let vectors = (product.columns &+ 15) &>> 4
    #if AVX512
      switch vectors {
      case 4: multiplyTiles(product, vectors: 4)
      case 3: multiplyTiles(product, vectors: 3)
      case 2: multiplyTiles(product, vectors: 2)
      default: multiplyTiles(product, vectors: 1)
      }
    #else
      multiplyTiles(product, vectors: 1)
    #endif
  }

  /// The micro-kernel: 6 rows by 1 to 4 vectors, all in registers. `vectors` is a literal at each call,
  /// so that what it rules out costs nothing.
  @inline(__always)
  private static func multiplyTiles(_ product: TileProduct, vectors: Int) {
    let depthBytes = product.depth &* product.step
    let step = product.step
    let panelStep = vectors &* 64
    let tail = product.columns &- (vectors &- 1) &* 16
    var rows = product.rows
    var outputs = product.outputs
    var offset = product.offset
    var remaining = product.count
    while remaining > 0 {
      var c00 = Vector.zero, c01 = Vector.zero, c02 = Vector.zero, c03 = Vector.zero
      var c10 = Vector.zero, c11 = Vector.zero, c12 = Vector.zero, c13 = Vector.zero
      var c20 = Vector.zero, c21 = Vector.zero, c22 = Vector.zero, c23 = Vector.zero
      var c30 = Vector.zero, c31 = Vector.zero, c32 = Vector.zero, c33 = Vector.zero
      var c40 = Vector.zero, c41 = Vector.zero, c42 = Vector.zero, c43 = Vector.zero
      var c50 = Vector.zero, c51 = Vector.zero, c52 = Vector.zero, c53 = Vector.zero
      let end = offset &+ depthBytes
      var tap = rows
      for t in 0..<product.taps {
        let a0 = tap[0], a1 = tap[1], a2 = tap[2], a3 = tap[3], a4 = tap[4], a5 = tap[5]
        tap += 6
        var b = product.panels[t] + product.panelOffset
        var i = offset
        while i != end {
          let b0 = load(b)
          let b1 = vectors > 1 ? load(b, 64) : .zero
          let b2 = vectors > 2 ? load(b, 128) : .zero
          let b3 = vectors > 3 ? load(b, 192) : .zero
          var a = broadcast(a0, i)
          c00 = fma(a, b0, c00)
          if vectors > 1 { c01 = fma(a, b1, c01) }
          if vectors > 2 { c02 = fma(a, b2, c02) }
          if vectors > 3 { c03 = fma(a, b3, c03) }
          a = broadcast(a1, i)
          c10 = fma(a, b0, c10)
          if vectors > 1 { c11 = fma(a, b1, c11) }
          if vectors > 2 { c12 = fma(a, b2, c12) }
          if vectors > 3 { c13 = fma(a, b3, c13) }
          a = broadcast(a2, i)
          c20 = fma(a, b0, c20)
          if vectors > 1 { c21 = fma(a, b1, c21) }
          if vectors > 2 { c22 = fma(a, b2, c22) }
          if vectors > 3 { c23 = fma(a, b3, c23) }
          a = broadcast(a3, i)
          c30 = fma(a, b0, c30)
          if vectors > 1 { c31 = fma(a, b1, c31) }
          if vectors > 2 { c32 = fma(a, b2, c32) }
          if vectors > 3 { c33 = fma(a, b3, c33) }
          a = broadcast(a4, i)
          c40 = fma(a, b0, c40)
          if vectors > 1 { c41 = fma(a, b1, c41) }
          if vectors > 2 { c42 = fma(a, b2, c42) }
          if vectors > 3 { c43 = fma(a, b3, c43) }
          a = broadcast(a5, i)
          c50 = fma(a, b0, c50)
          if vectors > 1 { c51 = fma(a, b1, c51) }
          if vectors > 2 { c52 = fma(a, b2, c52) }
          if vectors > 3 { c53 = fma(a, b3, c53) }
          i = i &+ step
          b += panelStep
        }
      }
      @inline(__always)
      func put(_ row: Int, _ c0: Vector, _ c1: Vector, _ c2: Vector, _ c3: Vector) {
        guard row < remaining else { return }
        let c = outputs[row] + product.outputOffset
        let accumulate = product.accumulate
        putVector(c0, c, 0, vectors: vectors, tail: tail, accumulate: accumulate)
        if vectors > 1 { putVector(c1, c, 1, vectors: vectors, tail: tail, accumulate: accumulate) }
        if vectors > 2 { putVector(c2, c, 2, vectors: vectors, tail: tail, accumulate: accumulate) }
        if vectors > 3 { putVector(c3, c, 3, vectors: vectors, tail: tail, accumulate: accumulate) }
      }
      put(0, c00, c01, c02, c03)
      put(1, c10, c11, c12, c13)
      put(2, c20, c21, c22, c23)
      put(3, c30, c31, c32, c33)
      put(4, c40, c41, c42, c43)
      put(5, c50, c51, c52, c53)
      rows += product.rowsPerTile
      outputs += 6
      remaining = remaining &- 6
      offset = offset &+ product.offsetPerTile
    }
  }

  /// Stores or adds vector `index` of a row of C; of the row's last one only the `tail` lanes.
  @inline(__always)
  private static func putVector(
    _ sum: Vector, _ row: UnsafeMutableRawPointer, _ index: Int, vectors: Int, tail: Int,
    accumulate: Bool
  ) {
    let offset = index &* 64
    if index &+ 1 < vectors || tail == 16 {
      store(accumulate ? load(row, offset) + sum : sum, row, offset)
    } else {
      let c = (row + offset).assumingMemoryBound(to: Float.self)
      storePart(accumulate ? loadPart(c, tail) + sum : sum, c, tail)
    }
  }

  public static func multiplyNarrow(_ product: TileProduct) {
    switch product.columns {
    case 4: dotTiles(product, columns: 4)
    case 3: dotTiles(product, columns: 3)
    case 2: dotTiles(product, columns: 2)
    default: dotTiles(product, columns: 1)
    }
  }

  /// Rows of A, six at a time but each on its own, against 1 to 4 columns of B.
  @inline(__always)
  private static func dotTiles(_ product: TileProduct, columns: Int) {
    let depth = product.depth
    let whole = depth & ~15
    for row in 0..<product.count {
      let tile = row / 6
      var pointers = product.rows + (tile &* product.rowsPerTile &+ row &- tile &* 6)
      let offset = product.offset &+ tile &* product.offsetPerTile
      // Two sets of sums, as the additions of one would wait for each other.
      var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
      var t0 = Vector.zero, t1 = Vector.zero, t2 = Vector.zero, t3 = Vector.zero
      for t in 0..<product.taps {
        let a = pointers.pointee + offset
        pointers += 6
        let b = product.panels[t] + product.panelOffset
        let column = depth &* 4
        var k = 0
        while k &+ 32 <= whole {
          let i = k &* 4
          let a0 = load(a, i), a1 = load(a, i &+ 64)
          s0 = fma(a0, load(b, i), s0)
          t0 = fma(a1, load(b, i &+ 64), t0)
          if columns > 1 {
            s1 = fma(a0, load(b, column &+ i), s1)
            t1 = fma(a1, load(b, column &+ i &+ 64), t1)
          }
          if columns > 2 {
            s2 = fma(a0, load(b, 2 &* column &+ i), s2)
            t2 = fma(a1, load(b, 2 &* column &+ i &+ 64), t2)
          }
          if columns > 3 {
            s3 = fma(a0, load(b, 3 &* column &+ i), s3)
            t3 = fma(a1, load(b, 3 &* column &+ i &+ 64), t3)
          }
          k = k &+ 32
        }
        while k < depth {
          let lanes = min(16, depth &- k)
          let a0 = loadLanes(a + k &* 4, lanes)
          s0 = fma(a0, loadLanes(b + k &* 4, lanes), s0)
          if columns > 1 { s1 = fma(a0, loadLanes(b + (column &+ k &* 4), lanes), s1) }
          if columns > 2 { s2 = fma(a0, loadLanes(b + (2 &* column &+ k &* 4), lanes), s2) }
          if columns > 3 { s3 = fma(a0, loadLanes(b + (3 &* column &+ k &* 4), lanes), s3) }
          k = k &+ 16
        }
      }
      let c = (product.outputs[row] + product.outputOffset).assumingMemoryBound(to: Float.self)
      let accumulate = product.accumulate
      c[0] = (accumulate ? c[0] : 0) + (s0 + t0).sum()
      if columns > 1 { c[1] = (accumulate ? c[1] : 0) + (s1 + t1).sum() }
      if columns > 2 { c[2] = (accumulate ? c[2] : 0) + (s2 + t2).sum() }
      if columns > 3 { c[3] = (accumulate ? c[3] : 0) + (s3 + t3).sum() }
    }
  }

  /// Sixteen floats, or the first `lanes` of them and zeros.
  @inline(__always)
  private static func loadLanes(_ pointer: UnsafeRawPointer, _ lanes: Int) -> Vector {
    lanes == 16 ? load(pointer) : loadPart(pointer.assumingMemoryBound(to: Float.self), lanes)
  }
}
