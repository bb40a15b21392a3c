// Elementary functions in single precision, made of multiply-adds alone, so that they have the same
// bits on every machine. The polynomials are minimax fits of the functions that the comments name;
// what is exact there (a leading 1 or 1/2) stands outside of them.

/// Adding and subtracting 1.5 * 2^23 rounds to an integer, which is left in the low bits of the sum.
private let rounder: Float = 12_582_912

/// e^x within 1 ULP; 0 below -87.34, where the result would be denormal, and infinity above 88.72.
@inline(always)
func exp(_ x: Vector) -> Vector {
  // x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts, so that r is exact but for one rounding.
  let shifted = fma(x, 1.442695041, rounder)
  let n = shifted - rounder
  let r = fma(n, 1.90465421e-9, fma(n, -0.693147182, x))
  // (e^r - 1 - r) / r^2
  var p = fma(r, 0.00138144649, 0.00836878084)
  p = fma(p, r, 0.0416683927)
  p = fma(p, r, 0.166665196)
  p = fma(p, r, 0.49999994)
  p = fma(p, r * r, r) + 1
  // n is added to the exponent of e^r, which for the largest and smallest x is on the right side of 1.
  let result = floats(bits(p) &+ (bits(shifted) &<< IntegerVector(repeating: 23)))
  let flushed = choose(x .< Vector(repeating: -87.3365448), Vector.zero, result)
  return choose(x .> Vector(repeating: 88.7228317), Vector(repeating: .infinity), flushed)
}

/// The natural logarithm within 1 ULP; -infinity for 0 and denormals, NaN below.
@inline(always)
func log(_ x: Vector) -> Vector {
  // x = 2^n (1 + f) with 1 + f from sqrt(1/2) up to sqrt(2).
  let offset = bits(x) &- IntegerVector(repeating: 0x3f35_04f3)
  let exponent = offset &>> IntegerVector(repeating: 23)
  let n = floats(exponent &+ IntegerVector(repeating: 0x4b40_0000)) - rounder
  let f = floats(bits(x) &- (exponent &<< IntegerVector(repeating: 23))) - 1
  // (log(1 + f) - f + f^2 / 2) / f^3
  var p = fma(f, -0.0763442963, 0.127615497)
  p = fma(p, f, -0.131601945)
  p = fma(p, f, 0.142017618)
  p = fma(p, f, -0.166233569)
  p = fma(p, f, 0.200012267)
  p = fma(p, f, -0.250008225)
  p = fma(p, f, 0.333333313)
  p = fma(p, f, -0.5)
  let tail = fma(p, f * f, n * -1.90465421e-9)
  let result = fma(n, 0.693147182, f + tail)
  let finite = choose(x .< Vector(repeating: .infinity), result, x)
  let positive = choose(x .< Vector.zero, Vector(repeating: .nan), finite)
  return choose(
    abs(x) .< Vector(repeating: .leastNormalMagnitude), Vector(repeating: -.infinity), positive)
}

/// log(1 + x) for x from 0 to 1.
@inline(always)
func logOnePlus(_ x: Vector) -> Vector {
  // What the rounding of 1 + x took away is given back to first order.
  let sum = x + 1
  return log(sum) + (x - (sum - 1)) / sum
}

/// log(1 + e^x) within 2 ULP, without overflow.
@inline(always)
func softplus(_ x: Vector) -> Vector { max(x, Vector.zero) + logOnePlus(exp(-abs(x))) }

/// Sine and cosine within 1.6 ULP for |x| up to 1e5.
@inline(always)
func sineCosine(_ x: Vector) -> (sine: Vector, cosine: Vector) {
  // x = n pi/2 + r with |r| <= pi/4; pi/2 in three parts.
  let shifted = fma(x, 0.636619772, rounder)
  let n = shifted - rounder
  let first = fma(n, -1.57079637, x)
  let r = fma(n, 1.71512451e-15, fma(n, 4.37113883e-8, first))
  let square = r * r
  // (sin r - r) / r^3
  var p = fma(square, -0.00019515217, 0.0083321603)
  p = fma(p, square, -0.166666552)
  let sine = fma(p, square * r, r)
  // (cos r - 1 + r^2 / 2) / r^4
  var q = fma(square, 2.44330804e-5, -0.00138873153)
  q = fma(q, square, 0.0416666456)
  q = fma(q, square, -0.5)
  let cosine = fma(q, square, 1)
  // Odd quarter turns swap the two; bit 1 of the count, moved to the sign, turns them around.
  let quarters = bits(shifted)
  let one = IntegerVector(repeating: 1)
  let odd = (quarters & one) .== one
  let turned = IntegerVector(repeating: 2)
  let sineSign = (quarters & turned) &<< IntegerVector(repeating: 30)
  let cosineSign = ((quarters &+ one) & turned) &<< IntegerVector(repeating: 30)
  return (
    floats(bits(choose(odd, cosine, sine)) ^ sineSign),
    floats(bits(choose(odd, sine, cosine)) ^ cosineSign)
  )
}

/// The sine, with the error of `sineCosine`.
@inline(always)
func sin(_ x: Vector) -> Vector { sineCosine(x).sine }

/// The cosine, with the error of `sineCosine`.
@inline(always)
func cos(_ x: Vector) -> Vector { sineCosine(x).cosine }

/// 1 / sqrt(x) for normal x > 0, by the bit trick and three Newton steps.
///
/// The products are ordered such that none leaves the range of normal numbers.
@inline(always)
private func newtonReciprocalSquareRoot(_ x: Vector) -> Vector {
  let guess = IntegerVector(repeating: 0x5f37_59df) &- (bits(x) &>> IntegerVector(repeating: 1))
  var y = floats(guess)
  y *= fma(x * y, y * -0.5, 1.5)
  y *= fma(x * y, y * -0.5, 1.5)
  // The last step adds a small correction, which loses less than a factor near 1.
  let error = fma(x * y, -y, 1)
  return fma(y * 0.5, error, y)
}

/// 1 / sqrt(x) within 1.2 ULP; infinity for 0 and denormals, NaN below.
@inline(always)
func reciprocalSquareRoot(_ x: Vector) -> Vector {
  let finite = choose(
    x .< Vector(repeating: .infinity), newtonReciprocalSquareRoot(x), Vector(repeating: 1) / x)
  let positive = choose(x .< Vector.zero, Vector(repeating: .nan), finite)
  return choose(
    abs(x) .< Vector(repeating: .leastNormalMagnitude), Vector(repeating: .infinity), positive)
}

/// sqrt(x) within 0.501 ULP; 0 for 0 and denormals, NaN below.
@inline(always)
func squareRoot(_ x: Vector) -> Vector {
  let y = newtonReciprocalSquareRoot(x)
  let root = x * y
  let corrected = fma(y * 0.5, fma(-root, root, x), root)
  let finite = choose(x .< Vector(repeating: .infinity), corrected, x)
  let positive = choose(x .< Vector.zero, Vector(repeating: .nan), finite)
  return choose(abs(x) .< Vector(repeating: .leastNormalMagnitude), Vector.zero, positive)
}

/// The hyperbolic tangent within 1.5 ULP.
@inline(always)
func tanh(_ x: Vector) -> Vector {
  // (tanh x - x) / x^3 up to 0.625; beyond, the exponential function does not cancel.
  let magnitude = abs(x)
  let square = x * x
  var p = fma(square, -0.00570497848, 0.0206390787)
  p = fma(p, square, -0.0537397116)
  p = fma(p, square, 0.133314416)
  p = fma(p, square, -0.333332807)
  let near = fma(p, square * x, x)
  let far = 1 - 2 / (exp(magnitude + magnitude) + 1)
  return choose(magnitude .< Vector(repeating: 0.625), near, withSign(of: x, far))
}

/// 1 / (1 + e^-x) within 2.5 ULP; 0 below -87.33.
@inline(always)
func sigmoid(_ x: Vector) -> Vector { 1 / (exp(-x) + 1) }

/// The error function within 1.2 ULP.
@inline(always)
func erf(_ x: Vector) -> Vector {
  let magnitude = abs(x)
  let square = x * x
  // erf(x) / x - 1 up to 1
  var p = fma(square, 7.85385782e-5, -0.000801019254)
  p = fma(p, square, 0.00518832775)
  p = fma(p, square, -0.026853811)
  p = fma(p, square, 0.112835854)
  p = fma(p, square, -0.37612626)
  p = fma(p, square, 0.128379166)
  let near = fma(p, x, x)
  // log(1 - erf(x)) from 1 to 4, where erf(x) has become 1
  let bounded = min(magnitude, Vector(repeating: 4))
  var q = fma(bounded, 0.000186380086, -0.00294766668)
  q = fma(q, bounded, 0.0218380969)
  q = fma(q, bounded, -0.103106819)
  q = fma(q, bounded, -0.638144732)
  q = fma(q, bounded, -1.12708926)
  q = fma(q, bounded, -0.000341512583)
  let far = 1 - exp(q)
  return choose(magnitude .< Vector(repeating: 1), near, withSign(of: x, far))
}
