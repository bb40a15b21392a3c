import Foundation
import Runs

/// How a measurement went over a training.
public struct MetricsCurve: Sendable {
  /// A value at a step.
  public struct Point: Equatable, Sendable {
    /// After how many steps.
    public let step: Int
    /// What was measured, which is finite.
    public let value: Double

    /// A finite value at a step.
    public init(step: Int, value: Double) { (self.step, self.value) = (step, value) }
  }

  /// The measurement's name.
  public let name: String
  /// What is finite of it, in the order of its steps.
  public let points: [Point]
  /// How many values were not finite.
  public let notFinite: Int

  /// A curve through those values.
  public init(_ name: String, _ points: [Point], notFinite: Int = 0) {
    (self.name, self.points, self.notFinite) = (name, points, notFinite)
  }

  /// A curve for each measurement, in the order in which they first came.
  public static func all(in records: [MetricsRecord]) -> [MetricsCurve] {
    var (columns, values) = (MetricsColumns(), [String: [Point]]())
    for record in records {
      columns.add(record)
      for (name, value) in record.values {
        values[name, default: []].append(Point(step: record.step, value: value))
      }
    }
    return columns.names.map { name in
      let points = values[name] ?? []
      let finite = points.filter(\.value.isFinite).sorted { $0.step < $1.step }
      return MetricsCurve(name, finite, notFinite: points.count - finite.count)
    }
  }

  /// The least value and where it came first.
  public var least: Point? { points.min { $0.value < $1.value } }
  /// The greatest value and where it came first.
  public var greatest: Point? { points.max { $0.value < $1.value } }
  /// The latest value.
  public var last: Point? { points.last }

  /// The curve without its noise: a mean over neighbors with weights that fall as a Gaussian does, over
  /// a sixtieth of the points to either side; nil where there are too few to tell noise from course.
  public var smoothed: MetricsCurve? {
    guard points.count >= 30 else { return nil }
    let deviation = max(1.5, Double(points.count) / 60)
    let reach = Int(3 * deviation)
    let weights = (0...reach).map { exp(-0.5 * pow(Double($0) / deviation, 2)) }
    let places = thinnedPlaces(400)
    return MetricsCurve(
      name,
      places.map { center in
        var (sum, total) = (0.0, 0.0)
        for place in max(0, center - reach)...min(points.count - 1, center + reach) {
          let weight = weights[abs(place - center)]
          sum += weight * points[place].value
          total += weight
        }
        return Point(step: points[center].step, value: sum / total)
      })
  }

  /// The curve without its outliers, and these: points much farther from the median of those around them
  /// than points usually are, which would press all others flat.
  public var withoutOutliers: (curve: MetricsCurve, outliers: [Point]) {
    let reach = 7
    guard points.count > 4 * reach else { return (self, []) }
    let distances = points.indices.map { place in
      let around = points[max(0, place - reach)...min(points.count - 1, place + reach)]
      return abs(points[place].value - around.map(\.value).sorted()[around.count / 2])
    }
    let limit = 12 * distances.sorted()[distances.count / 2]
    guard limit > 0, distances.contains(where: { $0 > limit }) else { return (self, []) }
    let (odd, usual) = points.indices.reduce(into: ([Point](), [Point]())) { parts, place in
      if distances[place] > limit {
        parts.0.append(points[place])
      } else {
        parts.1.append(points[place])
      }
    }
    return (MetricsCurve(name, usual, notFinite: notFinite), odd)
  }

  /// The curve with at most so many points, among them the least and the greatest of each stretch.
  public func thinned(_ count: Int) -> MetricsCurve {
    guard points.count > count, count >= 4 else { return self }
    let bounds = (0...count / 2).map { $0 * points.count / (count / 2) }
    let kept = zip(bounds, bounds.dropFirst()).flatMap { start, end -> [Point] in
      let stretch = points[start..<end]
      guard let least = stretch.min(by: { $0.value < $1.value }),
        let greatest = stretch.max(by: { $0.value < $1.value })
      else { return [] }
      return least.step == greatest.step ? [least] : [least, greatest].sorted { $0.step < $1.step }
    }
    return MetricsCurve(name, kept, notFinite: notFinite)
  }

  /// At most so many places of points, evenly spread, with the first and the last.
  private func thinnedPlaces(_ count: Int) -> [Int] {
    guard points.count > count else { return Array(points.indices) }
    return (0..<count).map { $0 * (points.count - 1) / (count - 1) }
  }
}
