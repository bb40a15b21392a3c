import Foundation
import Models
import Runs

/// All that a run has to show: its curves, its samples over time, its recipe, and where it was trained.
///
/// What is missing or damaged is left out and named; only a folder that is no run is an error.
public struct RunReport {
  /// The run.
  public let run: RunFolder
  /// The kind of its recipe, where that can be read.
  public let kind: String?
  /// What was measured.
  public let records: [MetricsRecord]
  /// Its curves on charts.
  public let charts: [CurveGroup]
  /// The text of its recipe.
  public let recipe: String
  /// The keys of its recipe that differ from their defaults.
  public let changedKeys: Set<String>
  /// How many steps it is to have, where its recipe says so.
  public let plannedSteps: Int?
  /// The command that started it.
  public let command: String?
  /// Where and with what it was started.
  public let environment: RunEnvironment?
  /// What its data is called; nil where its recipe does not say.
  let dataName: String?
  /// Whether the report is for others than those who trained the run: then it does not say how the training goes on.
  let isForOthers: Bool
  /// How long it has trained, in seconds, as far as its records tell.
  public let seconds: Double?
  /// Why the training failed, if it did.
  public let failureReason: String?
  /// The steps of its checkpoints.
  public let checkpoints: [Int]
  /// The measurement of its best checkpoint, and that one's step.
  public let best: (metric: Metric, step: Int)?
  /// What could not be read.
  public let problems: [String]

  /// Reads a run.
  /// - Throws: `FileError` when the recipe cannot be read.
  public init(_ run: RunFolder, forOthers isForOthers: Bool = false) throws {
    (self.run, self.isForOthers) = (run, isForOthers)
    var problems: [String] = []
    func reading<Result>(_ body: () throws -> Result) -> Result? {
      do { return try body() } catch {
        problems.append("\(error)")
        return nil
      }
    }
    recipe = try run.sharedRecipe()
    let known = reading { try RecipeInspection(path: run.recipePath) }
    (kind, plannedSteps) = (known?.recipe, known?.steps)
    changedKeys = Set(known?.changes.map(\.key) ?? [])
    let isLogged = FileManager.default.fileExists(atPath: run.metricsPath)
    records = isLogged ? reading { try MetricsLog.records(path: run.metricsPath) } ?? [] : []
    command = reading { try run.sharedCommand() } ?? nil
    environment = reading { try run.environment() }
    charts = CurveGroup.all(
      of: MetricsCurve.all(in: records), lossesAreAlike: run.lossesAreAlike,
      baseline: environment?.baseline)
    dataName = (try? RecipeDocument(path: run.recipePath).text(of: "data.source"))
      .flatMap { $0 }.map { shared(path: $0) }
    seconds = run.trainingTime
    failureReason = run.failureReason
    checkpoints = run.checkpoints.steps
    best = run.best.flatMap { checkpoint in
      checkpoint.metric.map { ($0, checkpoint.step) }
    }
    self.problems = problems
  }

  /// What it makes; nil where its kind is not known.
  var output: ModelOutput? { recipeKinds.first { $0.kind == kind }?.output }

  /// The step that the run has come to, as far as it says.
  public var step: Int? { [records.last?.step, checkpoints.last].compactMap { $0 }.max() }

  /// The losses as they were last, without their noise where there are enough of them; apart from the
  /// one that the best checkpoint is chosen by.
  var latestLosses: [(name: String, label: String, value: Double, isSmoothed: Bool)] {
    let shown = charts.filter(\.isOfLosses).flatMap(\.curves)
    return shown.compactMap { label, curve in
      let smoothed = curve.smoothed
      guard curve.name != best?.metric.name, let last = (smoothed ?? curve).last else { return nil }
      return (curve.name, label, last.value, smoothed != nil)
    }
  }
}
