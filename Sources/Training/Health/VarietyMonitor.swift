import Files
import Runs

/// How much what a generator makes has differed of late, which tells when it collapses: when on the average of 32
/// steps it is below a fifth of the data's variety, and below half of what it has been.
///
/// A loss does not tell that. Nor does a low variety by itself: a generator that has learned little makes images
/// that are alike, too, but these differ more and more.
public struct VarietyMonitor: Codable, Equatable, Sendable {
  /// The latest, the oldest first.
  private var latest: [Double] = []
  /// The highest average since the last collapse; nil before there is one, and in what an earlier version has
  /// written.
  private var highest: Double?
  /// How many steps ago that was.
  private var stepsSinceHighest: Int?

  /// Over how many steps the average is.
  static let window = 32
  /// Less of the data's variety is a collapse
  static let least = 0.2
  /// if it is a smaller part of the highest average than this.
  static let leastOfHighest = 0.5

  /// That a generator has collapsed.
  struct Collapse: Equatable, CustomStringConvertible {
    /// How much images differ on average, 1 being as much as in the data.
    let variety: Double
    /// The highest average before.
    let highest: Double
    /// How many steps ago that was.
    let stepsSinceHighest: Int

    var description: String {
      """
      generated images vary \(fixed(variety, 2)) times as much as the data's, where they varied \
      \(fixed(highest, 2)) times as much \(stepsSinceHighest) steps before: the generator has collapsed
      """
    }
  }

  /// What a training does then.
  public enum Response: String, RecipeChoice {
    /// It says so and continues.
    case warn
    /// It goes back to the last checkpoint from before, with half the learning rate.
    case rollBack = "roll-back"
  }

  /// A monitor that has seen nothing.
  public init() {}

  /// Takes in the variety of a step, and returns the collapse where the generator has just had one.
  mutating func add(_ variety: Double) -> Collapse? {
    latest.append(variety)
    if latest.count > Self.window { latest.removeFirst() }
    guard latest.count == Self.window else { return nil }
    let mean = latest.reduce(0, +) / Double(latest.count)
    let (highest, steps) = (self.highest ?? 0, (stepsSinceHighest ?? 0) + 1)
    guard mean < highest else {
      (self.highest, stepsSinceHighest) = (mean, 0)
      return nil
    }
    guard mean < Self.least, mean < Self.leastOfHighest * highest else {
      stepsSinceHighest = steps
      return nil
    }
    // From here on, what has collapsed is what is usual.
    self = Self()
    return Collapse(variety: mean, highest: highest, stepsSinceHighest: steps)
  }
}
