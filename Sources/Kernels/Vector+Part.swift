// Rows end in the middle of a vector. With `left`, the number of elements up to there, the body of a
// loop is written once; where `left` is the constant 16, nothing remains of the question.

/// `left` floats at `pointer`, sixteen or fewer, and `fill` in the other lanes.
@inline(always)
func load(_ pointer: UnsafePointer<Float>, left: Int, fill: Float = 0) -> Vector {
  left >= 16 ? load(pointer) : loadPart(pointer, left, fill: fill)
}

/// Writes `left` lanes, sixteen or fewer.
@inline(always)
func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, left: Int) {
  if left >= 16 { store(vector, pointer) } else { storePart(vector, pointer, left) }
}

/// Writes `left` lanes or adds them to what is there.
@inline(always)
func store(
  _ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, left: Int, accumulate: Bool
) {
  store(accumulate ? load(pointer, left: left) + vector : vector, pointer, left: left)
}
