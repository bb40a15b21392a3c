/// How much what a generator makes has differed of late, which tells when a training that went well collapses: when
/// on the average of 32 steps it falls below a fifth of the data's variety after it has been above a half.
///
/// A loss does not tell that, and a generator that has not learned much yet makes images that are alike, too.
public struct VarietyMonitor: Codable, Equatable, Sendable {
  /// The latest, the oldest first.
  private var latest: [Double] = []
  /// Whether it has been sound since the last collapse.
  private var wasSound = false

  /// How many steps are looked at.
  static let window = 32
  /// At least so much is sound.
  static let sound = 0.5
  /// Less is a collapse.
  static let least = 0.2

  /// A monitor that has seen nothing.
  public init() {}

  /// Takes in the variety of a step, and returns what it is on average where the generator has just collapsed.
  public mutating func add(_ variety: Double) -> Double? {
    latest.append(variety)
    if latest.count > Self.window { latest.removeFirst() }
    let mean = latest.reduce(0, +) / Double(latest.count)
    guard latest.count == Self.window else { return nil }
    if mean >= Self.sound { wasSound = true }
    guard wasSound, mean < Self.least else { return nil }
    wasSound = false
    return mean
  }
}
