/// How far a discriminator has overfitted of late: on the average of twenty measurements, since one of few held-out
/// images says little.
public struct OverfittingMonitor: Codable, Equatable, Sendable {
  /// The latest, the oldest first.
  private var latest: [Double] = []
  /// Whether it has been said.
  private var isSaid = false

  /// How many measurements the average is of.
  static let window = 20
  /// Where it judges held-out images rather as it does generated ones than as those that it learns from, it
  /// overfits.
  static let most = 0.6

  /// A monitor that has seen nothing.
  public init() {}

  /// Takes in a measurement, 0 for none and 1 for all, and returns the average where it is too much for the first
  /// time.
  mutating func add(_ overfitting: Double) -> Double? {
    guard !isSaid else { return nil }
    latest.append(overfitting)
    if latest.count > Self.window { latest.removeFirst() }
    let mean = latest.reduce(0, +) / Double(latest.count)
    guard latest.count == Self.window, mean > Self.most else { return nil }
    (latest, isSaid) = ([], true)
    return mean
  }
}
