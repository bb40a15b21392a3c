import Files

/// Curves as paths of SVG, in a square of a thousand units that the page stretches.
struct CurvePaths {
  /// The axis from left to right.
  let x: ChartScale
  /// The axis from the bottom up.
  let y: ChartScale

  /// More points than that cannot be told apart.
  static let mostPoints = 600

  /// A line through the points.
  func line(_ curve: MetricsCurve) -> String {
    let points = curve.thinned(Self.mostPoints).points.map { at($0) }
    return points.isEmpty ? "" : "M" + points.joined(separator: "L")
  }

  /// A dot at each point, or at the edge that it lies beyond: lines of no length, whose ends are round.
  func dots(_ points: [MetricsCurve.Point]) -> String {
    // A dot on the edge would be cut in half.
    points.map { "M\(at($0, within: 0.015))h0" }.joined()
  }

  /// Where a point is.
  private func at(_ point: MetricsCurve.Point, within margin: Double = 0) -> String {
    let height = min(max(y.position(point.value), margin), 1 - margin)
    return "\(Self.place(x.position(Double(point.step)))) \(Self.place(1 - height))"
  }

  /// A part of the square's side in its units.
  static func place(_ part: Double) -> String { fixed(part * 1000, 1) }
}
