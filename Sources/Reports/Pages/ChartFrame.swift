import Files

/// What is around the curves of a chart: its title and legend, and axes in HTML, whose text keeps its
/// size whatever the chart's is. The curves are SVG in a square of 1000 that the page stretches.
struct ChartFrame {
  /// Its title, as text.
  let title: String
  /// What is said beside the title, as text; may be empty.
  let note: String
  /// What the chart shows, for those who do not see it.
  let description: String
  /// What the curves are called, and a value of each; may be empty. Their colors go by their order.
  let legend: [(label: String, value: String)]
  /// What a dashed line across the curves is called, and its value; nil where there is none.
  var reference: (label: String, value: String)?
  /// The axis along the bottom.
  let x: ChartScale
  /// The axis at the left; nil where heights are no numbers.
  let y: ChartScale?

  /// The chart as HTML.
  /// - Parameters:
  ///   - attributes: Further ones of the figure, in HTML.
  ///   - curves: SVG in front of the grid.
  ///   - overlay: HTML over the curves.
  ///   - below: HTML below the axis.
  func figure(
    attributes: String = "", curves: String, overlay: String = "", below: String = ""
  ) -> String {
    let legend =
      legend.enumerated().map { index, entry in
        "<li style=\"--c:var(--c\(index % 4))\">\(HTMLPage.escaped(entry.label)) "
          + "<b>\(HTMLPage.escaped(entry.value))</b></li>"
      }
      + (reference.map {
        ["<li class=\"dashed\">\(HTMLPage.escaped($0.label)) <b>\($0.value)</b></li>"]
      } ?? [])
    let rows = (y?.ticks ?? []).map { tick in
      "<span style=\"top:\(percent(1 - height(tick)))\">\(brief(tick))</span>"
    }
    let columns = x.ticks.map { tick -> String in
      let isAtEnd = x.position(tick) > 0.97
      return "<span\(isAtEnd ? " class=\"end\"" : "") style=\"left:\(percent(x.position(tick)))\">"
        + "\(brief(tick))</span>"
    }
    let note = note.isEmpty ? "" : " <small>\(HTMLPage.escaped(note))</small>"
    return """
      <figure class="chart"\(attributes) aria-label="\(HTMLPage.escaped(description))">
      <figcaption><h3>\(HTMLPage.escaped(title))\(note)</h3><ul class="legend">\(legend.joined())</ul></figcaption>
      <div class="plot">
      <div class="y" aria-hidden="true">\(rows.joined())</div>
      <div class="area">
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
      \(gridLines)
      \(curves)
      </svg>
      \(overlay)</div>
      <div class="x" aria-hidden="true">\(columns.joined())</div>
      </div>
      \(below)</figure>
      """
  }

  private var gridLines: String {
    let lines =
      (y?.ticks ?? []).map { "M0 \(CurvePaths.place(1 - height($0)))H1000" }
      + x.ticks.map { "M\(CurvePaths.place(x.position($0))) 0V1000" }
    return "<path class=\"grid\" d=\"\(lines.joined())\"/>"
  }

  /// The place of a point in the SVG: "x y".
  func at(_ x: Double, _ y: Double) -> String {
    "\(CurvePaths.place(self.x.position(x))) \(CurvePaths.place(1 - height(y)))"
  }

  /// How high a value is, as a part of the plot's height.
  private func height(_ value: Double) -> Double { y?.position(value) ?? value }

  private func percent(_ part: Double) -> String { fixed(part * 100, 2) + "%" }
}
