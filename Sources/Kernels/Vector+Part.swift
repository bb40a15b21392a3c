// Rows end in the middle of a vector. With `left`, the number of elements up to there, the body of a
// loop is written once; where `left` is the constant 16, nothing remains of the question.
// The fast path is marked: off it, the compiler leaves the standard library's loads and stores as
// functions, which the builds for all instruction sets would share.

/// The first `left` floats at `pointer`, at most sixteen, and `fill` in the other lanes.
@inline(always)
func load(_ pointer: UnsafePointer<Float>, left: Int, fill: Float = 0) -> Vector {
  _fastPath(left >= 16) ? load(pointer) : loadPart(pointer, left, fill: fill)
}

/// Writes the first `left` lanes: all from sixteen on, and none below one.
@inline(always)
func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, left: Int) {
  if _fastPath(left >= 16) {
    store(vector, pointer)
  } else if left > 0 {
    storePart(vector, pointer, left)
  }
}

/// Writes the first `left` lanes or adds them to what is there.
@inline(always)
func store(
  _ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, left: Int, accumulate: Bool
) {
  store(accumulate ? load(pointer, left: left) + vector : vector, pointer, left: left)
}

/// The first `left` lanes, and zeros in the others.
@inline(always)
func firstLanes(_ vector: Vector, _ left: Int) -> Vector {
  if left >= 16 { return vector }
  let lanes = IntegerVector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  return choose(
    lanes .< IntegerVector(repeating: Int32(truncatingIfNeeded: left)), vector, Vector.zero)
}

/// The largest lane.
@inline(always)
func largest(_ vector: Vector) -> Float {
  var result = vector[0]
  for lane in 1..<16 where vector[lane] > result { result = vector[lane] }
  return result
}
