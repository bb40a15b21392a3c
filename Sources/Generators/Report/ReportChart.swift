import Foundation
import Training

/// A chart of a report: curves in SVG, thin as measured and thick without noise, with axes in HTML, whose
/// text keeps its size whatever the chart's is.
struct ReportChart {
  private let group: CurveGroup
  private let paths: CurvePaths
  private var x: ChartScale { paths.x }
  private var y: ChartScale { paths.y }

  /// Curves of no more points are drawn with a dot at each.
  private static let mostDots = 60

  /// A chart over those steps.
  init(_ group: CurveGroup, steps: ClosedRange<Int>) {
    self.group = group
    paths = CurvePaths(
      x: ChartScale(steps: steps),
      y: ChartScale(group.range, showing: group.curves.flatMap { $0.curve.points.map(\.value) }))
  }

  /// The chart as HTML.
  func figure(number: Int) -> String {
    let title = HTMLPage.escaped(group.title)
    let legend = group.curves.enumerated().map { index, member in
      let last = member.curve.last.map { brief($0.value, digits: 3) } ?? ""
      return "<li style=\"--c:var(--c\(index % 4))\">\(HTMLPage.escaped(member.label)) "
        + "<b>\(last)</b></li>"
    }
    let rows = y.ticks.map { tick in
      "<span style=\"top:\(percent(1 - y.position(tick)))\">\(brief(tick))</span>"
    }
    let columns = x.ticks.map { tick -> String in
      let isAtEnd = x.position(tick) > 0.97
      return "<span\(isAtEnd ? " class=\"end\"" : "") style=\"left:\(percent(x.position(tick)))\">"
        + "\(brief(tick))</span>"
    }
    let note = y.isLogarithmic ? " <small>log scale</small>" : ""
    return """
      <figure class="chart" data-chart="\(number)" tabindex="0" aria-label="\(title) by training step">
      <figcaption><h3>\(title)\(note)</h3><ul class="legend">\(legend.joined())</ul></figcaption>
      <div class="plot">
      <div class="y" aria-hidden="true">\(rows.joined())</div>
      <div class="area">
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
      \(gridLines)
      \(group.curves.enumerated().map { curve($1.curve, $0) }.joined(separator: "\n"))
      </svg>
      <div class="cross" hidden></div>
      </div>
      <div class="x" aria-hidden="true">\(columns.joined())</div>
      </div>
      <output class="told"></output>
      </figure>
      """
  }

  private var gridLines: String {
    let lines =
      y.ticks.map { "M0 \(CurvePaths.place(1 - y.position($0)))H1000" }
      + x.ticks.map { "M\(CurvePaths.place(x.position($0))) 0V1000" }
    return "<path class=\"grid\" d=\"\(lines.joined())\"/>"
  }

  private func curve(_ curve: MetricsCurve, _ index: Int) -> String {
    let color = "style=\"--c:var(--c\(index % 4))\""
    guard group.isNoisy, let smoothed = curve.smoothed else {
      let dots =
        curve.points.count <= Self.mostDots
        ? "<path class=\"dots\" \(color) d=\"\(paths.dots(curve))\"/>"
        : ""
      return "<path class=\"mean\" \(color) d=\"\(paths.line(curve))\"/>" + dots
    }
    return "<path class=\"raw\" \(color) d=\"\(paths.line(curve))\"/>"
      + "<path class=\"mean\" \(color) d=\"\(paths.line(smoothed))\"/>"
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
    let encoded = (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) }
    return (encoded ?? "\"\"").replacing("<", with: "\\u003c")
  }

  private func percent(_ part: Double) -> String { fixed(part * 100, 2) + "%" }
}
