// Rows end in the middle of a vector. With `left`, the number of elements up to there, the body of a
// loop is written once; where `left` is the constant 16, nothing remains of the question.

/// The first `left` floats at `pointer`, at most sixteen, and `fill` in the other lanes.
@inline(always)
func load(_ pointer: UnsafePointer<Float>, left: Int, fill: Float = 0) -> Vector {
  left >= 16 ? load(pointer) : loadPart(pointer, left, fill: fill)
}

/// Writes the first `left` lanes: all from sixteen on, and none below one.
@inline(always)
func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, left: Int) {
  if left >= 16 { store(vector, pointer) } else if left > 0 { storePart(vector, pointer, left) }
}

/// Writes the first `left` lanes or adds them to what is there.
@inline(always)
func store(
  _ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, left: Int, accumulate: Bool
) {
  store(accumulate ? load(pointer, left: left) + vector : vector, pointer, left: left)
}
