import Testing

/// Expects that `gradient` is that of `f` at `x`, by central differences at some of the places.
func expectGradient(
  _ gradient: [Float], of f: ([Double]) -> Double, at x: [Float], tolerance: Double = 1e-4,
  places: Int = 24, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(gradient.count == x.count, sourceLocation: sourceLocation)
  let scale = max(0.01, gradient.reduce(0) { max($0, abs(Double($1))) })
  var point = x.map(Double.init)
  let stride = max(1, x.count / places)
  for i in Swift.stride(from: 0, to: x.count, by: stride) {
    let step = 1e-5
    let center = point[i]
    point[i] = center + step
    let above = f(point)
    point[i] = center - step
    let below = f(point)
    point[i] = center
    let expected = (above - below) / (2 * step)
    #expect(
      abs(Double(gradient[i]) - expected) <= tolerance * scale,
      "at \(i): \(gradient[i]), expected \(expected)", sourceLocation: sourceLocation)
  }
}

/// The largest distance between results and what they should be.
func distance(_ result: [Float], _ expected: [Double]) -> Double {
  guard result.count == expected.count else { return .infinity }
  var worst = 0.0
  for (a, b) in zip(result, expected) where !(abs(Double(a) - b) <= worst) {
    worst = abs(Double(a) - b)
    if worst.isNaN { return .infinity }
  }
  return worst
}

/// The sum of products.
func dot(_ a: [Float], _ b: [Double]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += Double(x) * y }
  return sum
}
