import CProcessor

/// Sixteen floats, whatever the instruction set: one AVX-512 register, two of AVX2, four of NEON.
/// The same source thus gives the same bits everywhere.
typealias Vector = SIMD16<Float>

/// Sixteen integers that belong to a `Vector`'s lanes.
typealias IntegerVector = SIMD16<Int32>

/// The sixteen floats at `pointer` plus `offset` bytes, which need no alignment.
@inline(always)
func load(_ pointer: UnsafeRawPointer, _ offset: Int = 0) -> Vector {
  pointer.loadUnaligned(fromByteOffset: offset, as: Vector.self)
}

/// Writes sixteen floats to `pointer` plus `offset` bytes.
@inline(always)
func store(_ vector: Vector, _ pointer: UnsafeMutableRawPointer, _ offset: Int = 0) {
  pointer.storeBytes(of: vector, toByteOffset: offset, as: Vector.self)
}

/// Asks for so many cache lines from `pointer` plus `offset` bytes on, be they there or not.
@inline(always)
func prefetch(_ pointer: UnsafeRawPointer, _ offset: Int, lines: Int) {
  for line in 0..<lines {
    let address = UInt(bitPattern: pointer) &+ UInt(bitPattern: offset &+ line &* 64)
    processor_prefetch(UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped)
  }
}

/// The float at `pointer` plus `offset` bytes, in all lanes.
@inline(always)
func broadcast(_ pointer: UnsafeRawPointer, _ offset: Int = 0) -> Vector {
  Vector(repeating: pointer.loadUnaligned(fromByteOffset: offset, as: Float.self))
}

/// a * b + c, rounded once.
@inline(always)
func fma(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { c.addingProduct(a, b) }

/// The first `count` floats (0 to 15) at `pointer`; the other lanes are `fill`.
@inline(always)
func loadPart(_ pointer: UnsafePointer<Float>, _ count: Int, fill: Float = 0) -> Vector {
  var vector = Vector(repeating: fill)
  var lane = 0
  if count >= 8 {
    // The first half at once: heads of eight channels are common.
    let first = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
    vector = unsafeBitCast((first, SIMD8<Float>(repeating: fill)), to: Vector.self)
    lane = 8
  }
  while lane < count {
    vector[lane] = pointer[lane]
    lane = lane &+ 1
  }
  return vector
}

/// Writes the first `count` lanes (0 to 15).
@inline(always)
func storePart(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
  var lane = 0
  if count >= 8 {
    let (first, _) = unsafeBitCast(vector, to: (SIMD8<Float>, SIMD8<Float>).self)
    UnsafeMutableRawPointer(pointer).storeBytes(of: first, as: SIMD8<Float>.self)
    lane = 8
  }
  while lane < count {
    pointer[lane] = vector[lane]
    lane = lane &+ 1
  }
}

/// The sum of all lanes, halves first: lane i and i + 8, then i and i + 4, and so on.
@inline(always)
func sum(_ vector: Vector) -> Float {
  // Of the standard library's halves the compiler makes functions that both builds would share.
  let (a, b) = unsafeBitCast(vector, to: (SIMD8<Float>, SIMD8<Float>).self)
  let (c, d) = unsafeBitCast(a + b, to: (SIMD4<Float>, SIMD4<Float>).self)
  let (e, f) = unsafeBitCast(c + d, to: (SIMD2<Float>, SIMD2<Float>).self)
  let two = e + f
  return two[0] + two[1]
}
