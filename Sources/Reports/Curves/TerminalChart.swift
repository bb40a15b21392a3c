import Files

/// Curves drawn with braille characters, of which each has two by four dots.
public struct TerminalChart {
  private let group: CurveGroup
  private let rows: Int
  private let style: TerminalStyle

  /// Room for the numbers at the side.
  private static let margin = 9
  private static let colors = [34, 33, 32, 35]

  /// A chart of so many rows.
  public init(_ group: CurveGroup, rows: Int = 8, _ style: TerminalStyle) {
    (self.group, self.rows, self.style) = (group, rows, style)
  }

  /// The chart; where there are no colors to tell curves apart, a chart for each.
  public var text: String {
    let curves = zip(group.curves, group.parts).map { ($0.label, $0.curve, $1.curve, $1.outliers) }
    guard !style.isColored else { return chart(curves) }
    return curves.map { chart([$0]) }.joined(separator: "\n")
  }

  private typealias Drawn = (
    label: String, curve: MetricsCurve, line: MetricsCurve, outliers: [MetricsCurve.Point]
  )

  private func chart(_ curves: [Drawn]) -> String {
    let y = group.scale(of: curves.map(\.line), ticks: 3)
    let steps = curves.flatMap { $0.curve.points.map(\.step) }
    let x = ChartScale(steps: (steps.min() ?? 0)...(steps.max() ?? 1))
    let width = max(style.columns - Self.margin - 1, 10)
    var canvas = Canvas(width: width, height: rows)
    if let reference = group.reference { canvas.dot(at: 1 - y.position(reference.value)) }
    for (index, member) in curves.enumerated() {
      func place(_ point: MetricsCurve.Point) -> (x: Double, y: Double) {
        (x: x.position(Double(point.step)), y: min(max(1 - y.position(point.value), 0), 1))
      }
      let color = style.isColored ? Self.colors[index % Self.colors.count] : nil
      canvas.draw(member.line.points.map(place), color: color)
      for outlier in member.outliers { canvas.draw([place(outlier)], color: color) }
    }
    var labels = [String](repeating: "", count: rows)
    for tick in y.ticks {
      let row = Int((1 - y.position(tick)) * Double(rows))
      labels[min(max(row, 0), rows - 1)] = brief(tick, digits: 3)
    }
    let title =
      "\(oneLine(group.title))\(y.isLogarithmic ? " (log scale)" : ""): "
      + curves.enumerated().map { index, member in
        let name = "\(oneLine(member.label)) \(member.curve.last.map { brief($0.value) } ?? "")"
        return style.isColored ? colored(name, Self.colors[index % Self.colors.count]) : name
      }.joined(separator: "  ")
      + (group.reference.map { "  \($0.label) \(brief($0.value)) (dotted)" } ?? "")
    let lines = zip(labels, canvas.lines).map { label, line in
      String(repeating: " ", count: max(0, Self.margin - 2 - label.count)) + label
        + (label.isEmpty ? " │" : " ┤") + line
    }
    let (first, last) = (brief(x.lower), brief(x.upper))
    let gap = String(repeating: " ", count: max(1, width - first.count - last.count))
    let indent = String(repeating: " ", count: Self.margin)
    let axis =
      String(repeating: " ", count: Self.margin - 1) + "└" + String(repeating: "─", count: width)
    return ([title] + lines + [axis, indent + first + gap + last]).joined(separator: "\n") + "\n"
  }

  private func colored(_ text: String, _ color: Int) -> String {
    "\u{1b}[\(color)m\(text)\u{1b}[0m"
  }

  /// Dots on characters.
  private struct Canvas {
    let width: Int
    let height: Int
    private var dots: [UInt8]
    private var colors: [Int?]

    init(width: Int, height: Int) {
      (self.width, self.height) = (width, height)
      dots = [UInt8](repeating: 0, count: width * height)
      colors = [Int?](repeating: nil, count: width * height)
    }

    /// Lines from each place to the next, from 0, 0 at the upper left to 1, 1.
    mutating func draw(_ places: [(x: Double, y: Double)], color: Int?) {
      let scaled = places.map { place in
        (
          x: Int((place.x * Double(2 * width - 1)).rounded()),
          y: Int((place.y * Double(4 * height - 1)).rounded())
        )
      }
      if let only = scaled.first { set(only.x, only.y, color) }
      for (start, end) in zip(scaled, scaled.dropFirst()) {
        let count = max(abs(end.x - start.x), abs(end.y - start.y), 1)
        for part in 0...count {
          set(
            start.x + (end.x - start.x) * part / count, start.y + (end.y - start.y) * part / count,
            color)
        }
      }
    }

    /// A dotted line across.
    mutating func dot(at part: Double) {
      let row = min(Int(part * Double(4 * height)), 4 * height - 1)
      for column in stride(from: 0, to: 2 * width, by: 6) { set(column, row, nil) }
    }

    private mutating func set(_ x: Int, _ y: Int, _ color: Int?) {
      guard (0..<2 * width).contains(x), (0..<4 * height).contains(y) else { return }
      let cell = y / 4 * width + x / 2
      // The dots are numbered down the left column, then the right; the last row came later.
      dots[cell] |= [[1, 8], [2, 16], [4, 32], [64, 128]][y % 4][x % 2]
      colors[cell] = color
    }

    var lines: [String] {
      (0..<height).map { row in
        var line = ""
        var current: Int?
        for cell in row * width..<(row + 1) * width {
          if colors[cell] != current {
            current = colors[cell]
            line += "\u{1b}[\(current ?? 0)m"
          }
          line.unicodeScalars.append(Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " ")
        }
        return current == nil ? line : line + "\u{1b}[0m"
      }
    }
  }
}
