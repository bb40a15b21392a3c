import KernelInterface

extension Native {
  static func multiply(_ product: TileProduct) {
    if product.taps == 0 || product.depth == 0 { return clear(product) }
    let isWhole = product.columns & 15 == 0
    var place = TilePlace(
      rows: product.rows, outputs: product.outputs, outputOffset: product.outputOffset,
      offset: product.offset, accumulate: product.accumulate)
    var count = product.count
    while count > 0 {
      if isWhole && count >= 6 {
        tile(product, place)
      } else {
        var spilled = place
        spilled.outputs = product.spill
        spilled.outputOffset = 0
        spilled.accumulate = false
        tile(product, spilled)
        addSpilled(product, place, rows: min(count, 6))
      }
      place.rows += product.rowsPerTile
      place.outputs += 6
      place.offset = place.offset &+ product.offsetPerTile
      count = count &- 6
    }
  }

  /// Where one tile of a product is read and written.
  private struct TilePlace {
    var rows: UnsafePointer<UnsafeRawPointer>
    var outputs: UnsafePointer<UnsafeMutableRawPointer>
    var outputOffset: Int
    var offset: Int
    var accumulate: Bool
  }

  @inline(__always)
  private static func tile(_ product: TileProduct, _ place: TilePlace) {
    #if AVX512
      switch (product.columns &+ 15) &>> 4 {
      case 4: tileOfFour(product, place)
      case 3: tileOfThree(product, place)
      case 2: tileOfTwo(product, place)
      default: tileOfOne(product, place)
      }
    #else
      tileOfOne(product, place)
    #endif
  }

  /// Copies or adds the part of a spilled tile that counts.
  private static func addSpilled(_ product: TileProduct, _ place: TilePlace, rows: Int) {
    let whole = product.columns &>> 4
    let tail = product.columns & 15
    for row in 0..<rows {
      let sum = product.spill[row].assumingMemoryBound(to: Float.self)
      let c = (place.outputs[row] + place.outputOffset).assumingMemoryBound(to: Float.self)
      for v in 0..<whole {
        let part = load(sum + v &* 16)
        store(place.accumulate ? load(c + v &* 16) + part : part, c + v &* 16)
      }
      guard tail > 0 else { continue }
      let (last, part) = (c + whole &* 16, load(sum + whole &* 16))
      storePart(place.accumulate ? loadPart(last, tail) + part : part, last, tail)
    }
  }

  // One function for each width, as the optimizer keeps all sums in registers only in a small one.
  #if AVX512
    @inline(never) private static func tileOfFour(_ product: TileProduct, _ place: TilePlace) {
      tile(product, place, vectors: 4)
    }
    @inline(never) private static func tileOfThree(_ product: TileProduct, _ place: TilePlace) {
      tile(product, place, vectors: 3)
    }
    @inline(never) private static func tileOfTwo(_ product: TileProduct, _ place: TilePlace) {
      tile(product, place, vectors: 2)
    }
  #endif
  @inline(never) private static func tileOfOne(_ product: TileProduct, _ place: TilePlace) {
    tile(product, place, vectors: 1)
  }

  /// The sums of nothing.
  private static func clear(_ product: TileProduct) {
    guard !product.accumulate else { return }
    for row in 0..<product.count {
      let c = (product.outputs[row] + product.outputOffset).assumingMemoryBound(to: Float.self)
      for column in 0..<product.columns { c[column] = 0 }
    }
  }

  /// The micro-kernel: 6 rows by 1 to 4 vectors, all in registers. `vectors` is a literal at each call,
  /// so that what it rules out costs nothing.
  @inline(__always)
  private static func tile(_ product: TileProduct, _ place: TilePlace, vectors: Int) {
    let (offset, step) = (place.offset, product.step)
    let end = offset &+ product.depth &* step
    let panelOffset = product.panelOffset
    let panelStep = product.panelStep ?? vectors &* 64
    var panel = product.panels
    var tap = place.rows
    // One zero for all: with a zero each, the optimizer keeps two sets of sums, and moves them.
    let zero = Vector.zero
    var c00 = zero, c01 = zero, c02 = zero, c03 = zero
    var c10 = zero, c11 = zero, c12 = zero, c13 = zero
    var c20 = zero, c21 = zero, c22 = zero, c23 = zero
    var c30 = zero, c31 = zero, c32 = zero, c33 = zero
    var c40 = zero, c41 = zero, c42 = zero, c43 = zero
    var c50 = zero, c51 = zero, c52 = zero, c53 = zero
    for _ in 0..<product.taps {
      let a0 = tap[0], a1 = tap[1], a2 = tap[2], a3 = tap[3], a4 = tap[4], a5 = tap[5]
      tap += 6
      var b = panel[0] + panelOffset
      panel += 1
      var i = offset
      while i != end {
        let b0 = load(b)
        let b1 = vectors > 1 ? load(b, 64) : zero
        let b2 = vectors > 2 ? load(b, 128) : zero
        let b3 = vectors > 3 ? load(b, 192) : zero
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
    let (outputOffset, accumulate) = (place.outputOffset, place.accumulate)
    @inline(__always)
    func put(_ row: Int, _ c0: Vector, _ c1: Vector, _ c2: Vector, _ c3: Vector) {
      let c = place.outputs[row] + outputOffset
      store(accumulate ? load(c) + c0 : c0, c)
      if vectors > 1 { store(accumulate ? load(c, 64) + c1 : c1, c, 64) }
      if vectors > 2 { store(accumulate ? load(c, 128) + c2 : c2, c, 128) }
      if vectors > 3 { store(accumulate ? load(c, 192) + c3 : c3, c, 192) }
    }
    put(0, c00, c01, c02, c03)
    put(1, c10, c11, c12, c13)
    put(2, c20, c21, c22, c23)
    put(3, c30, c31, c32, c33)
    put(4, c40, c41, c42, c43)
    put(5, c50, c51, c52, c53)
  }

  static func multiplyNarrow(_ product: TileProduct) {
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
      c[0] = (accumulate ? c[0] : 0) + sum(s0 + t0)
      if columns > 1 { c[1] = (accumulate ? c[1] : 0) + sum(s1 + t1) }
      if columns > 2 { c[2] = (accumulate ? c[2] : 0) + sum(s2 + t2) }
      if columns > 3 { c[3] = (accumulate ? c[3] : 0) + sum(s3 + t3) }
    }
  }

  /// Sixteen floats, or the first `lanes` of them and zeros.
  @inline(__always)
  private static func loadLanes(_ pointer: UnsafeRawPointer, _ lanes: Int) -> Vector {
    lanes == 16 ? load(pointer) : loadPart(pointer.assumingMemoryBound(to: Float.self), lanes)
  }
}
