/// How a step of a loop reads and writes: whole vectors, or the part of one at a row's end.
///
/// A loop with many loads is compiled as a function for each. Were it to ask at each of them, as
/// `VectorLoop` does, it would grow too large for the compiler to inline what the standard library does
/// not force it to.
protocol Lanes {
  func read(_ pointer: UnsafePointer<Float>) -> Vector
  func write(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>)
}

/// All sixteen.
struct AllLanes: Lanes {
  @inline(always)
  func read(_ pointer: UnsafePointer<Float>) -> Vector { load(pointer) }

  @inline(always)
  func write(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>) { store(vector, pointer) }
}

/// The first `count` of them, 0 to 15; the others read as zero.
struct FirstLanes: Lanes {
  let count: Int

  @inline(always)
  func read(_ pointer: UnsafePointer<Float>) -> Vector { loadPart(pointer, count) }

  @inline(always)
  func write(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>) {
    storePart(vector, pointer, count)
  }
}

/// A loop over the elements of a row whose step reads and writes by `Lanes`.
protocol LanesLoop {
  /// Handles the elements from `i` on that the lanes take in; must be inlined.
  func step<L: Lanes>(_ i: Int, _ lanes: L)
}

extension LanesLoop {
  @inline(always)
  func run(_ count: Int) {
    let whole = count & ~15
    var i = 0
    while i < whole {
      step(i, AllLanes())
      i = i &+ 16
    }
    if i < count { finish(i, FirstLanes(count: count &- i)) }
  }

  @inline(never)
  private func finish(_ i: Int, _ lanes: FirstLanes) { step(i, lanes) }
}
