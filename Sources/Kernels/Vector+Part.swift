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

/// The first `left` lanes, and `fill` in the others.
@inline(always)
func firstLanes(_ vector: Vector, _ left: Int, fill: Float = 0) -> Vector {
  if left >= 16 { return vector }
  let lanes = IntegerVector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  return choose(
    lanes .< IntegerVector(repeating: Int32(truncatingIfNeeded: left)), vector,
    Vector(repeating: fill))
}

/// The lanes with zeros for the first `count`.
@inline(always)
func clearingFirstLanes(_ vector: Vector, _ count: Int) -> Vector {
  let lanes = IntegerVector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  return choose(
    lanes .< IntegerVector(repeating: Int32(truncatingIfNeeded: count)), Vector.zero, vector)
}

/// The largest lane.
@inline(always)
func largest(_ vector: Vector) -> Float {
  // Halves against each other, like sums.
  let (a, b) = unsafeBitCast(vector, to: (SIMD8<Float>, SIMD8<Float>).self)
  let eight = a.replacing(with: b, where: b .> a)
  let (c, d) = unsafeBitCast(eight, to: (SIMD4<Float>, SIMD4<Float>).self)
  let four = c.replacing(with: d, where: d .> c)
  let first = four[1] > four[0] ? four[1] : four[0]
  let last = four[3] > four[2] ? four[3] : four[2]
  return last > first ? last : first
}
