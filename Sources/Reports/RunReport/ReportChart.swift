import Files
import Foundation

/// A chart of a report: curves, thin as measured and thick without noise.
struct ReportChart {
  private let group: CurveGroup
  private let parts: [(curve: MetricsCurve, outliers: [MetricsCurve.Point])]
  private let paths: CurvePaths
  private var x: ChartScale { paths.x }
  private var y: ChartScale { paths.y }

  /// Curves of no more points are drawn with a dot at each.
  private static let mostDots = 60

  /// A chart over those steps.
  init(_ group: CurveGroup, steps: ClosedRange<Int>) {
    (self.group, parts) = (group, group.parts)
    paths = CurvePaths(x: ChartScale(steps: steps), y: group.scale(of: parts.map(\.curve)))
  }

  /// The chart as HTML.
  func figure(number: Int) -> String {
    let curves = parts.enumerated().map { curve($1.curve, $1.outliers, $0) }
    let reference = group.reference.map {
      "<path class=\"limit\" d=\"M0 \(CurvePaths.place(1 - y.position($0.value)))H1000\"/>"
    }
    return frame.figure(
      attributes: " data-chart=\"\(number)\" tabindex=\"0\"",
      curves: (curves + [reference].compactMap { $0 }).joined(separator: "\n"),
      overlay: "<div class=\"cross\" hidden></div>\n",
      below: "<output class=\"told\"></output>\n")
  }

  private var frame: ChartFrame {
    ChartFrame(
      title: group.title, note: y.isLogarithmic ? "log scale" : "",
      description: "\(group.title) by training step",
      legend: group.curves.map { label, curve in
        (label, curve.last.map { brief($0.value, digits: 3) } ?? "")
      }, reference: group.reference.map { ($0.label, brief($0.value, digits: 3)) }, x: x, y: y)
  }

  private func curve(
    _ curve: MetricsCurve, _ outliers: [MetricsCurve.Point], _ index: Int
  ) -> String {
    let color = "style=\"--c:var(--c\(index % 4))\""
    let beside =
      outliers.isEmpty
      ? "" : "<path class=\"outliers\" \(color) d=\"\(paths.dots(outliers))\"/>"
    guard group.isNoisy, let smoothed = curve.smoothed else {
      let dots =
        curve.points.count <= Self.mostDots
        ? "<path class=\"dots\" \(color) d=\"\(paths.dots(curve.points))\"/>"
        : ""
      return "<path class=\"mean\" \(color) d=\"\(paths.line(curve))\"/>" + dots + beside
    }
    return "<path class=\"raw\" \(color) d=\"\(paths.line(curve))\"/>"
      + "<path class=\"mean\" \(color) d=\"\(paths.line(smoothed))\"/>" + beside
  }

  /// The points as JSON: what a reader points at is told with its numbers.
  var data: String {
    let curves = group.curves.map { label, curve in
      let points = curve.thinned(CurvePaths.mostPoints).points.map {
        "[\($0.step),\"\(brief($0.value))\"]"
      }
      return "{\"label\":\(Self.json(label)),\"points\":[\(points.joined(separator: ","))]}"
    }
    return "{\"from\":\(x.lower),\"to\":\(x.upper),\"curves\":[\(curves.joined(separator: ","))]}"
  }

  /// Text as JSON that may stand in HTML's script.
  private static func json(_ text: String) -> String {
    quoted(text).replacing("<", with: "\\u003c")
  }
}
