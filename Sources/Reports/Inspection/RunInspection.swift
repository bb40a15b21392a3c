import Files
import Foundation
import Models
import Runs

/// What is in a run's folder. What is missing or damaged is named; only the recipe must be there.
public struct RunInspection: Inspection {
  let kind = "run"
  let path: String
  let recipe: String?
  let failureReason: String?
  let started: String?
  let seconds: Double?
  let bytes: Int
  let checkpoints: [Int]
  let best: Metric?
  let bestStep: Int?
  let samples: Int
  let metrics: MetricsInspection?
  let environment: RunEnvironment?
  let problems: [String]

  enum CodingKeys: String, CodingKey {
    case kind, path, recipe, started, seconds, bytes, checkpoints, best, samples, metrics, problems
    case failureReason = "given_up"
    case bestStep = "best_step"
  }

  /// Looks a run over; its checkpoints are not verified.
  public init(_ run: RunFolder) {
    var problems: [String] = []
    func reading<Result>(_ body: () throws -> Result) -> Result? {
      do { return try body() } catch {
        problems.append("\(error)")
        return nil
      }
    }
    path = run.path
    recipe = reading { try RecipeDocument(path: run.recipePath).kind }
    failureReason = run.failureReason
    let known = reading { try run.environment() }
    environment = known
    started = known?.started.toTheSecond
    seconds = run.trainingTime
    bytes = folderSize(run.path)
    checkpoints = run.checkpoints.steps
    let checkpoint = run.best
    (best, bestStep) = (checkpoint?.metric, checkpoint?.step)
    samples = run.samples.count
    metrics =
      fileKind(run.metricsPath) == nil
      ? nil
      : reading {
        try MetricsInspection(
          path: run.metricsPath, lossesAreAlike: run.lossesAreAlike, baseline: known?.baseline)
      }
    self.problems = problems
  }

  /// All of it, with the losses as curves.
  public func text(_ style: TerminalStyle) -> String {
    var rows = [["recipe:", recipe ?? "unknown"]]
    rows += (environment.map { $0.facts + $0.place } ?? []).map { ["\($0.name):", $0.value] }
    if let seconds { rows.append(["trained:", duration(seconds)]) }
    if let failureReason { rows.append(["failed:", failureReason]) }
    let steps = checkpoints.map { "\($0)" }.joined(separator: ", ")
    rows.append(["checkpoints:", steps.isEmpty ? "none yet" : steps])
    if let best, let bestStep {
      rows.append(["best:", "\(best.name) \(brief(best.value)) at step \(bestStep)"])
    }
    rows += [["samples:", "\(samples)"], ["size:", size(bytes)]]
    var parts = ["\(oneLine(path)): a run\n\(table(rows))"]
    if let metrics {
      parts.append(
        metrics.measurements.isEmpty ? "nothing was measured yet" : metrics.curves(style))
    }
    parts += problems.map { printable("not shown: \($0)") }
    return parts.joined(separator: "\n\n")
  }
}
