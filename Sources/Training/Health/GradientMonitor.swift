/// The norms of the latest gradients, which tell what is usual for a model.
///
/// What is usual is their median and their median absolute deviation, which a few outliers do not
/// move; what is not finite is left out. Leys et al., "Detecting outliers: Do not use standard deviation
/// around the mean, use absolute deviation around the median" (2013).
public struct GradientMonitor: Codable, Equatable, Sendable {
  /// The latest norms, the oldest first.
  private var norms: [Double] = []
  /// Those of updates with a penalty, which are larger; nil before there is one.
  private var penalizedNorms: [Double]?

  /// How many norms are looked back at.
  static let window = 128
  /// How many there must be before one of them can be unusual.
  static let fewest = 32
  /// How many deviations from the median are unusual.
  static let deviations = 10.0
  /// How many times the median is, at least, however small the deviations are.
  static let smallestRatio = 2.0

  /// A norm that lies far above those before it.
  public struct Outlier: Equatable, Sendable {
    /// The norm.
    public let norm: Double
    /// The median of those before.
    public let median: Double
  }

  /// A monitor that has seen nothing.
  public init() {}

  /// Takes in a norm, and returns it if it lies far above those before.
  /// - Parameter isPenalized: Whether the loss had a penalty that not all updates have; such norms are compared with
  ///   their like.
  public mutating func add(_ norm: Double, isPenalized: Bool = false) -> Outlier? {
    guard isPenalized else { return Self.add(norm, to: &norms) }
    var penalized = penalizedNorms ?? []
    defer { penalizedNorms = penalized }
    return Self.add(norm, to: &penalized)
  }

  private static func add(_ norm: Double, to norms: inout [Double]) -> Outlier? {
    guard norm.isFinite else { return nil }
    defer {
      norms.append(norm)
      if norms.count > Self.window { norms.removeFirst() }
    }
    guard norms.count >= Self.fewest, Self.mayExceed(norm, Self.smallestRatio, medianOf: norms)
    else { return nil }
    let median = Self.median(norms)
    // For normal numbers, 1.4826 times the median deviation is the standard deviation.
    let deviation = 1.4826 * Self.median(norms.map { abs($0 - median) })
    let limit = max(median + Self.deviations * deviation, Self.smallestRatio * median)
    return norm > limit ? Outlier(norm: norm, median: median) : nil
  }

  /// Whether `value` may be above `ratio` times the median: not if it is not above so many times half of
  /// the values, which is cheaper to see than the median, and is so at nearly all steps.
  static func mayExceed(_ value: Double, _ ratio: Double, medianOf values: [Double]) -> Bool {
    2 * values.count { value > ratio * $0 } >= values.count
  }

  /// The middle value; of an even number the mean of the two.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
