import Files

/// A measurement over the nights, small: a line without axes where it changes, and the latest value
/// beside it.
struct Sparkline {
  let title: String
  /// The values; the steps are days.
  let curve: MetricsCurve
  /// The days of all curves of the page.
  let days: ClosedRange<Int>

  /// The curve as HTML.
  var figure: String {
    guard let last = curve.last, let least = curve.least, let greatest = curve.greatest else {
      return ""
    }
    let paths = CurvePaths(
      x: ChartScale(steps: days), y: ChartScale(showing: curve.points.map(\.value)))
    let title = HTMLPage.escaped(title)
    let (low, high) = (brief(least.value), brief(greatest.value))
    let nights = curve.points.count
    let isFlat = low == high
    let range = nights < 2 ? "" : isFlat ? "the same for \(nights) nights" : "\(low) to \(high)"
    let told = curve.points.map { brief($0.value, digits: 3) }.joined(separator: ", ")
    let drawing =
      nights < 2 || isFlat
      ? ""
      : """
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img"
      aria-label="\(title), nightly: \(told)">
      <path class="mean" d="\(paths.line(curve))"/><path class="dots" d="\(paths.dots([last]))"/>
      </svg>
      """
    return """
      <figure class="spark">
      <figcaption>\(title) <b>\(brief(last.value))</b></figcaption>
      \(drawing)
      <small>\(range)</small>
      </figure>
      """
  }
}
