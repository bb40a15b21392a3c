import Runs

/// How the learning rate goes over a training: a linear warm-up, then constant or falling as a cosine
/// does.
///
/// Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017), without the
/// restarts; Hägele et al., "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations"
/// (2024), for a rate that is constant first.
public struct LearningRateSchedule: Equatable, Sendable {
  /// How the learning rate goes on after the warm-up.
  public enum Kind: String, RecipeChoice {
    /// The rate stays.
    case constant
    /// It falls to the minimum by half a period of a cosine.
    case cosine
  }

  /// How the learning rate goes on after the warm-up.
  public var kind = Kind.constant
  /// Steps over which the rate rises, in even parts, to the full one.
  public var warmupSteps = 0
  /// The rate of the last step, where the rate falls.
  public var minLearningRate = 0.0
  /// The part of all steps, at the end, in which the rate falls.
  public var cooldown = 1.0

  /// A rate that is constant from the first step on.
  public init() {}

  /// The rate of a step, the first being 1.
  ///
  /// rate step / warmupSteps up to the warm-up's end, and for a cosine after that, at a part p of the way
  /// from there, or from where the cooldown begins, to the last step, minimum + (rate - minimum) (1 + cos(pi p)) / 2.
  /// Where a budget decides how many steps there are, the rate is the full one until it is decided that it falls.
  ///
  /// - Parameters:
  ///   - rate: The full rate.
  ///   - plan: How many steps there will be.
  public func rate(_ rate: Double, atStep step: Int, of plan: StepPlan) -> Double {
    if step < warmupSteps { return rate * Double(step) / Double(warmupSteps) }
    guard kind == .cosine,
      let part = plan.fallen(atStep: step, warmup: warmupSteps, cooldown: cooldown)
    else { return rate }
    // At the end, the series misses -1 by a rounding, and no rate is negative.
    return minLearningRate + (rate - minLearningRate) * 0.5
      * max(0, 1 + Self.cosine(halfTurns: part))
  }

  /// The rate of a step of something that goes, in its own measure, the way of another's full rate.
  func rate(_ rate: Double, of other: Double, atStep step: Int, of plan: StepPlan) -> Double {
    rate * (self.rate(other, atStep: step, of: plan) / other)
  }

  /// cos(pi x) for x in 0...1, as sin(pi (1/2 - x)) by its series: the system's function would differ
  /// between machines.
  private static func cosine(halfTurns x: Double) -> Double {
    let angle = .pi * (0.5 - x)
    var (term, sum) = (angle, angle)
    for order in stride(from: 2.0, through: 26, by: 2) {
      term *= -angle * angle / (order * (order + 1))
      sum += term
    }
    return sum
  }
}
