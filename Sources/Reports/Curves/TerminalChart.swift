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
    guard !style.isColored else { return chart(group.curves) }
    return group.curves.map { chart([$0]) }.joined(separator: "\n")
  }

  private func chart(_ curves: [(label: String, curve: MetricsCurve)]) -> String {
    let y = ChartScale(
      group.range, showing: curves.flatMap { $0.curve.points.map(\.value) }, ticks: 3)
    let steps = curves.flatMap { $0.curve.points.map(\.step) }
    let x = ChartScale(steps: (steps.min() ?? 0)...(steps.max() ?? 1))
    let width = max(style.columns - Self.margin - 1, 10)
    var canvas = Canvas(width: width, height: rows)
    for (index, member) in curves.enumerated() {
      let places = member.curve.points.map { point in
        (x: x.position(Double(point.step)), y: 1 - y.position(point.value))
      }
      canvas.draw(places, color: style.isColored ? Self.colors[index % Self.colors.count] : nil)
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
