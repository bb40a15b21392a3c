import Compute
import Synchronization

/// Whether layers behave as in training, and the random numbers that dropout draws then.
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

  /// The random numbers of the next dropout layer that a pass meets, and the step that they belong to;
  /// nil in evaluation.
  func nextDropout() -> (stream: RandomStream, step: Int)? {
    training.map { training in
      let layer = training.draws.count.wrappingAdd(1, ordering: .relaxed).oldValue
      return (
        RandomStream(seed: training.seed, purpose: .dropout, layer: layer), training.step
      )
    }
  }
}

/// Runs `body` with its layers in that mode.
public func withMode<Result>(_ mode: Mode, _ body: () throws -> Result) rethrows -> Result {
  try Mode.$current.withValue(mode, operation: body)
}
