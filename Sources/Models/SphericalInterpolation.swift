import CLibrary

/// The vector that lies a part of the way from `a` to `b` along the arc between them.
///
/// Shoemake, "Animating Rotation with Quaternion Curves" (1985): a sin((1 - t) w) / sin w +
/// b sin(t w) / sin w, where w is the angle between them; along the line where that is nearly zero.
func sphericalInterpolation(_ a: [Float], _ b: [Float], _ part: Double) -> [Float] {
  precondition(a.count == b.count, "interpolation of \(a.count) and \(b.count) numbers")
  func dot(_ x: [Float], _ y: [Float]) -> Double {
    zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  let angle = acos(min(max(cosine, -1), 1))
  let isFlat = !(sin(angle) > 1e-6)
  let (first, second) =
    isFlat
    ? (1 - part, part) : (sin((1 - part) * angle) / sin(angle), sin(part * angle) / sin(angle))
  return zip(a, b).map { Float(first * Double($0) + second * Double($1)) }
}
