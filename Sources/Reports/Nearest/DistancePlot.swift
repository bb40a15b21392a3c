import Evaluation
import Files

/// How far generated and how far held-out images are from the nearest training image, as dots, of which
/// each stands for as many images of its kind (a quantile dot plot: Kay et al., CHI 2016), and a line
/// below which images are near.
struct DistancePlot {
  private let kinds: [(name: String, distances: [Double])]
  private let threshold: Double
  private let unit: String
  private let end: Double

  /// More dots than these are no longer counted at a glance.
  private static let mostDots = 50
  private static let columns = 40
  /// How far apart the dots of a column are, in thousandths of the plot's height.
  private static let rise = 42.0

  init(_ report: NearestReport) {
    kinds = [
      ("generated", report.drawn.map(\.distance).sorted()),
      ("never seen", report.heldOut.map(\.distance).sorted()),
    ]
    threshold = report.test.threshold
    unit = report.isInPixels ? "levels of 256" : "in its features"
    // Where all are equal, there is still an axis.
    end = max(kinds.compactMap(\.distances.last).max() ?? 0, threshold, 1e-6) * 1.02
  }

  /// The plot as HTML.
  var figure: String {
    let frame = ChartFrame(
      title: "Distance to the nearest training image", note: unit,
      description: "Distances to the nearest training image, of generated and of held-out images",
      legend: kinds.map { kind in
        let dots = dots(kind.distances).count
        let each = brief(Double(kind.distances.count) / Double(dots), digits: 2)
        let words = each == "1" ? "an image a dot" : "\(each) images a dot"
        return ("\(kind.name), \(words), median", brief(median(kind.distances), digits: 3))
      }, x: ChartScale(0...end, showing: [], ticks: 6), y: nil)
    let piles = kinds.enumerated().map { index, kind in
      "<path class=\"pile\" style=\"--c:var(--c\(index))\" "
        + "d=\"\(pile(dots(kind.distances), on: Double(index + 1) * 500))\"/>"
    }
    let limit = "<path class=\"limit\" d=\"M\(frame.at(threshold, 0))V0\"/>"
    return frame.figure(curves: piles.joined() + limit)
  }

  /// Quantiles of the distances, which are sorted: all of them where they are few.
  private func dots(_ distances: [Double]) -> [Double] {
    let count = min(distances.count, Self.mostDots)
    return (0..<count).map { distances[(2 * $0 + 1) * distances.count / (2 * count)] }
  }

  /// Dots, lines of no length whose ends are round, piled up in columns.
  private func pile(_ dots: [Double], on floor: Double) -> String {
    var heights = [Int](repeating: 0, count: Self.columns)
    let columns = dots.map { min(Int($0 / end * Double(Self.columns)), Self.columns - 1) }
    for column in columns { heights[column] += 1 }
    let rise = min(Self.rise, 460 / Double(heights.max() ?? 1))
    heights = heights.map { _ in 0 }
    return columns.map { column in
      defer { heights[column] += 1 }
      let x = CurvePaths.place((Double(column) + 0.5) / Double(Self.columns))
      return "M\(x) \(fixed(floor - 25 - Double(heights[column]) * rise, 1))h0"
    }.joined()
  }
}
