import Compute
import Evaluation
import Files

/// How many generated and how many held-out images are at which distance from the nearest training image:
/// two histograms in one chart, and a line below which images are near.
struct DistanceChart {
  private let drawn: [Double]
  private let heldOut: [Double]
  private let threshold: Double
  private let unit: String
  private let end: Double

  private static let bins = 40

  init(_ report: NearestReport) {
    drawn = report.drawn.map(\.distance)
    heldOut = report.heldOut.map(\.distance)
    threshold = report.test.threshold
    unit = report.isInPixels ? "levels of 256" : "in its features"
    // Where all are equal, there is still an axis.
    end = max((drawn + heldOut).max() ?? 0, 1e-6) * 1.02
  }

  /// The chart as HTML.
  var figure: String {
    let shares = [drawn, heldOut].map(shares)
    let scale = ChartScale(
      0...max(1, (shares[0] + shares[1]).max() ?? 1) * 1.08, showing: [], ticks: 4)
    let frame = ChartFrame(
      title: "Distance to the nearest training image", note: "images in %, by \(unit)",
      description: "Distances to the nearest training image, of generated and of held-out images",
      legend: [
        ("generated, median", brief(median(drawn), digits: 3)),
        ("held out, median", brief(median(heldOut), digits: 3)),
      ], x: ChartScale(0...end, showing: [], ticks: 6), y: scale)
    let curves = shares.enumerated().map { index, shares in
      "<path class=\"mass\" style=\"--c:var(--c\(index))\" d=\"\(outline(shares, frame))\"/>"
    }
    let limit = "<path class=\"limit\" d=\"M\(frame.at(threshold, 0))V0\"/>"
    return frame.figure(curves: curves.joined() + limit)
  }

  /// The part of the distances in each bin, in percent.
  private func shares(_ distances: [Double]) -> [Double] {
    var counts = [Double](repeating: 0, count: Self.bins)
    for distance in distances {
      counts[min(Int(distance / end * Double(Self.bins)), Self.bins - 1)] += 1
    }
    return counts.map { $0 * 100 / Double(distances.count) }
  }

  private func outline(_ shares: [Double], _ frame: ChartFrame) -> String {
    let width = end / Double(Self.bins)
    let steps = shares.enumerated().map { bin, share in
      "L\(frame.at(Double(bin) * width, share))L\(frame.at(Double(bin + 1) * width, share))"
    }
    return "M\(frame.at(0, 0))" + steps.joined() + "L\(frame.at(end, 0))"
  }
}
