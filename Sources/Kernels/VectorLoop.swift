/// A loop over the elements of a row, given what it does at one place; its sums are its properties.
///
/// The loop over whole vectors and the partial one at the row's end share the body.
protocol VectorLoop {
  /// Handles `left` elements, at most 16, from `i` on; must be inlined.
  mutating func step(_ i: Int, left: Int)
}

extension VectorLoop {
  @inline(always)
  mutating func run(_ count: Int) {
    let whole = count & ~15
    var i = 0
    while i < whole {
      step(i, left: 16)
      i = i &+ 16
    }
    if i < count { step(i, left: count &- i) }
  }
}

/// The sum of `count` elements.
func sum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
  var loop = SumLoop(x: x)
  loop.run(count)
  return sum(loop.total)
}

private struct SumLoop: VectorLoop {
  let x: UnsafePointer<Float>
  var total = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) { total += load(x + i, left: left) }
}
