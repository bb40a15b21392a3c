// Names of the standard library that are slow on a `Vector`, in the forms that are one or two
// instructions each.

/// `a` in the lanes where `mask` holds, `b` in the others.
@inline(always)
func choose(_ mask: SIMDMask<IntegerVector>, _ a: Vector, _ b: Vector) -> Vector {
  b.replacing(with: a, where: mask)
}

/// a * b + c, rounded once.
@inline(always)
func fma(_ a: Vector, _ b: Vector, _ c: Float) -> Vector { fma(a, b, Vector(repeating: c)) }

/// a * b + c, rounded once.
@inline(always)
func fma(_ a: Vector, _ b: Float, _ c: Vector) -> Vector { fma(a, Vector(repeating: b), c) }

/// a * b + c, rounded once.
@inline(always)
func fma(_ a: Vector, _ b: Float, _ c: Float) -> Vector {
  fma(a, Vector(repeating: b), Vector(repeating: c))
}

/// The floats' bit patterns.
@inline(always)
func bits(_ x: Vector) -> IntegerVector { unsafeBitCast(x, to: IntegerVector.self) }

/// The floats that have those bit patterns.
@inline(always)
func floats(_ bits: IntegerVector) -> Vector { unsafeBitCast(bits, to: Vector.self) }

/// |x|
@inline(always)
func abs(_ x: Vector) -> Vector { floats(bits(x) & IntegerVector(repeating: 0x7fff_ffff)) }

/// `magnitude`, which is not negative, with the sign of `x`.
@inline(always)
func withSign(of x: Vector, _ magnitude: Vector) -> Vector {
  floats(bits(magnitude) | (bits(x) & IntegerVector(repeating: .min)))
}

/// 1, 0 or -1, like `x`; NaN gives 0.
@inline(always)
func sign(_ x: Vector) -> Vector {
  let positive = choose(x .> Vector.zero, Vector(repeating: 1), Vector.zero)
  return choose(x .< Vector.zero, Vector(repeating: -1), positive)
}

/// The larger of each pair; `a` where either is NaN.
@inline(always)
func max(_ a: Vector, _ b: Vector) -> Vector { choose(b .> a, b, a) }

/// The smaller of each pair; `a` where either is NaN.
@inline(always)
func min(_ a: Vector, _ b: Vector) -> Vector { choose(b .< a, b, a) }
