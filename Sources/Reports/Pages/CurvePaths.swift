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
    let points = curve.thinned(Self.mostPoints).points.map(at)
    return points.isEmpty ? "" : "M" + points.joined(separator: "L")
  }

  /// A dot at each point: lines of no length, whose ends are round.
  func dots(_ curve: MetricsCurve) -> String { curve.points.map { "M\(at($0))h0" }.joined() }

  /// Where a point is.
  private func at(_ point: MetricsCurve.Point) -> String {
    "\(Self.place(x.position(Double(point.step)))) \(Self.place(1 - y.position(point.value)))"
  }

  /// A part of the square's side in its units.
  static func place(_ part: Double) -> String { fixed(part * 1000, 1) }
}
