import Foundation

/// The axis of a chart: which values it shows, and where its ticks are.
public struct ChartScale: Sendable {
  /// The value at its start.
  public let lower: Double
  /// The value at its end.
  public let upper: Double
  /// Whether equal ways are equal factors.
  public let isLogarithmic: Bool
  /// Round values on it.
  public let ticks: [Double]

  /// From this factor between the greatest and the least on, a scale of factors says more.
  private static let largestLinearRatio = 20.0

  private static let largest = 1e300

  /// A scale for values that are finite, with a little room; where they differ by large factors and all
  /// are positive, a logarithmic one.
  public init(showing values: some Sequence<Double>, ticks count: Int = 5) {
    // Beyond, differences and ratios have no finite value.
    let values = values.map { min(max($0, -Self.largest), Self.largest) }
    let (least, most) = (values.min() ?? 0, values.max() ?? 1)
    if least > 1 / Self.largest, most / Self.largestLinearRatio >= least {
      let room = exp(0.04 * (log(most) - log(least)))
      self.init(
        lower: max(least / room, .leastNormalMagnitude),
        upper: min(most * room, .greatestFiniteMagnitude), isLogarithmic: true, count)
    } else {
      let size = max(abs(least), abs(most))
      guard most - least > size * 1e-9 else {
        // Of a value that never changes, the zero tells how large it is.
        let end = size == 0 ? 1 : size * 1.25
        self.init(
          lower: least < 0 ? -end : 0, upper: least < 0 ? 0 : end, isLogarithmic: false, count)
        return
      }
      let room = (most - least) * 0.05
      // Room is not given across zero, which values such as losses do not cross.
      let lower = least >= 0 ? max(0, least - room) : least - room
      self.init(lower: lower, upper: most + room, isLogarithmic: false, count)
    }
  }

  /// A linear scale over that range, or one for the values where there is none, or they are beyond it.
  public init(_ range: ClosedRange<Double>?, showing values: [Double], ticks count: Int = 5) {
    if let range, values.allSatisfy(range.contains) {
      self.init(lower: range.lowerBound, upper: range.upperBound, isLogarithmic: false, count)
    } else {
      self.init(showing: values, ticks: count)
    }
  }

  /// A linear scale from one whole number to another, as of steps.
  public init(steps: ClosedRange<Int>, ticks count: Int = 6) {
    let upper = max(steps.upperBound, steps.lowerBound + 1)
    self.init(
      lower: Double(steps.lowerBound), upper: Double(upper), isLogarithmic: false, count,
      leastSpacing: 1)
  }

  private init(
    lower: Double, upper: Double, isLogarithmic: Bool, _ count: Int, leastSpacing: Double = 0
  ) {
    (self.lower, self.upper, self.isLogarithmic) = (lower, upper, isLogarithmic)
    let linear = Self.linearTicks(lower, upper, count, leastSpacing)
    guard isLogarithmic else {
      ticks = linear
      return
    }
    let candidates = [[1.0], [1, 3], [1, 2, 5]].lazy.map { factors in
      Self.powerTicks(lower, upper, factors)
    }
    let powers = candidates.first { $0.count >= 3 } ?? linear
    // Of very many powers of ten, every so-and-so-many.
    let stride = (powers.count + 2 * count - 1) / (2 * count)
    ticks = powers.enumerated().filter { $0.offset % max(1, stride) == 0 }.map(\.element)
  }

  private static func linearTicks(
    _ lower: Double, _ upper: Double, _ count: Int, _ leastSpacing: Double
  ) -> [Double] {
    let rough = (upper - lower) / Double(count)
    guard rough > 0, rough.isFinite else { return [lower] }
    let power = pow(10, floor(log10(rough)))
    let factor = [1.0, 2, 5].first { $0 * power >= rough * 0.999 } ?? 10
    let spacing = max(factor * power, leastSpacing)
    let first = (lower / spacing - 1e-9).rounded(.up)
    let last = (upper / spacing + 1e-9).rounded(.down)
    guard first <= last, last - first < 100 else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * spacing }
  }

  private static func powerTicks(
    _ lower: Double, _ upper: Double, _ factors: [Double]
  ) -> [Double] {
    let (first, last) = (Int(floor(log10(lower))), Int(ceil(log10(upper))))
    return (first...max(first, last)).flatMap { power in factors.map { $0 * pow(10, Double(power)) }
    }
    .filter { (lower...upper).contains($0) }
  }

  /// Where a value is: 0 at the start, 1 at the end, and no farther than that beyond them.
  public func position(_ value: Double) -> Double {
    let part =
      isLogarithmic
      ? (log(max(value, .leastNormalMagnitude)) - log(lower)) / (log(upper) - log(lower))
      : (value - lower) / (upper - lower)
    return min(max(part, -1), 2)
  }
}
