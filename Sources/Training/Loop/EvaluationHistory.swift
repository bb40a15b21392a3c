import Files
import Runs

/// How the measurement by which checkpoints are compared has gone so far.
struct EvaluationHistory: Codable, Equatable, Sendable {
  /// An evaluation.
  struct Evaluation: Codable, Equatable, Sendable {
    let step: Int
    let value: Double
  }

  /// The least so far, and the step at which it came.
  private(set) var best: Evaluation?
  /// How many evaluations there have been after that.
  private(set) var evaluationsSinceBest = 0

  /// After so many evaluations without a new best, the model does not come any closer.
  static let longWait = 3

  /// The histories of all that a log has.
  /// - Throws: `FileError` when the log cannot be read.
  static func all(loggedAt place: Place) throws(FileError) -> [String: EvaluationHistory] {
    var histories: [String: EvaluationHistory] = [:]
    try MetricsLog.forEachRecord(place) { record in
      for (name, value) in record.values {
        histories[name, default: .init()].add(value, at: record.step)
      }
    }
    return histories
  }

  /// Takes in an evaluation; one that is no number is none.
  mutating func add(_ value: Double, at step: Int) {
    if value < best?.value ?? .infinity {
      best = Evaluation(step: step, value: value)
      evaluationsSinceBest = 0
    } else {
      evaluationsSinceBest += 1
    }
  }

  /// Whether the last evaluation is the best.
  var isBest: Bool { best != nil && evaluationsSinceBest == 0 }
}
