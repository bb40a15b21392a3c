/// The charts of a page, all over the same steps.
struct ReportCurves {
  private let charts: [ReportChart]

  /// Charts of those curves.
  init(_ groups: [CurveGroup]) {
    let steps = groups.flatMap { $0.curves.flatMap(\.curve.points) }.map(\.step)
    charts = groups.map { ReportChart($0, steps: (steps.min() ?? 0)...(steps.max() ?? 1)) }
  }

  /// The section of the page, in HTML.
  var section: String {
    guard !charts.isEmpty else {
      return "<section><h2>Curves</h2><p>Nothing was measured yet.</p></section>"
    }
    let figures = charts.enumerated().map { $1.figure(number: $0) }
    return """
      <section>
      <h2>Curves</h2>
      <div class="charts">
      \(figures.joined(separator: "\n"))
      </div>
      </section>
      """
  }

  /// The points that the page's script tells of.
  var data: String {
    let charts = charts.map(\.data).joined(separator: ",")
    return "\n<script type=\"application/json\" id=\"charts\">[\(charts)]</script>\n"
  }
}
