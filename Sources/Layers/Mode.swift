import Compute
import Synchronization

/// Whether layers behave as in training, and the random numbers of dropout then.
///
/// It is a scope of its own, apart from recording: images that nobody records a gradient for still
/// need the statistics of their batch. Outside any scope layers evaluate.
/// ```swift
/// let fakes = withMode(.training(seed: 1, step: step)) { generator(z) }
/// ```
public struct Mode: Sendable {
  /// Counts the dropout layers that a pass meets.
  private final class Draws: Sendable { let count = Atomic<Int>(0) }

  private struct Training: Sendable {
    let seed: UInt64
    let step: Int
    let draws = Draws()
  }

  private let training: Training?

  /// Norms use running statistics, and dropout passes everything.
  public static let evaluation = Mode(training: nil)

  /// Norms use the statistics of the batch, and dropout drops; what it drops depends on the seed, the
  /// step and the order of the layers alone.
  public static func training(seed: UInt64, step: Int) -> Mode {
    Mode(training: Training(seed: seed, step: step))
  }

  /// The mode that layers go by at the moment.
  @TaskLocal public static var current = Mode.evaluation

  /// Whether layers behave as in training.
  public var isTraining: Bool { training != nil }

  /// What the next dropout that a pass meets is to drop, at that rate: the random numbers, and the step
  /// that they belong to; nil for nothing, as in evaluation.
  public func nextDropout(rate: Float) -> (rate: Float, stream: RandomStream, step: Int)? {
    guard rate > 0, let training else { return nil }
    let draw = training.draws.count.wrappingAdd(1, ordering: .relaxed).oldValue
    // There are so many streams; parts of a large batch may meet more layers in all.
    let stream = RandomStream(seed: training.seed, purpose: .dropout, layer: draw & 0xffff)
    return (rate, stream, training.step)
  }
}

/// Runs `body` with its layers in that mode.
public func withMode<Result>(_ mode: Mode, _ body: () throws -> Result) rethrows -> Result {
  try Mode.$current.withValue(mode, operation: body)
}
