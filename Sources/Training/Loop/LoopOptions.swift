import Runs

/// How long a run trains, and how often it says and saves something.
public struct LoopOptions: Equatable, Sendable {
  /// Steps in all.
  public var steps: Int
  /// The seed of all that is random.
  public var seed: UInt64 = 0
  /// Steps from one line of metrics to the next.
  public var logEvery = 50
  /// Steps from one preview to the next.
  public var sampleEvery: Int
  /// Steps from one checkpoint to the next.
  public var checkpointEvery: Int
  /// Minutes from one checkpoint to the next, whatever the steps; nil for any number.
  public var checkpointMinutes: Double?
  /// Steps from one evaluation to the next; nil for none.
  public var evaluateEvery: Int?
  /// After how many evaluations without a new best the training ends; nil for never.
  public var patience: Int?
  /// How many checkpoints are kept.
  public var keep = 2
  /// A step whose checkpoint is written, and kept beside these; nil for none.
  public var sparedStep: Int?
  /// What happens when a generator collapses.
  public var onCollapse = VarietyMonitor.Response.warn

  /// Options with those lengths.
  public init(steps: Int, sampleEvery: Int, checkpointEvery: Int, evaluateEvery: Int? = nil) {
    (self.steps, self.sampleEvery, self.checkpointEvery) = (steps, sampleEvery, checkpointEvery)
    self.evaluateEvery = evaluateEvery
  }

  /// Whether the model is evaluated after `step` steps.
  func isEvaluated(after step: Int) -> Bool {
    evaluateEvery.map { step % $0 == 0 || step == steps } ?? false
  }

  /// Whether there is a preview after `step` steps: at the beginning, in between and at the end.
  func hasPreview(after step: Int) -> Bool { step % sampleEvery == 0 || step == steps }
}

extension LoopOptions {
  /// Their keys in a recipe.
  public static let keys: [RecipeKey<LoopOptions>] = [
    RecipeKey("steps", \.steps, .atLeast(1), "Training steps in all."),
    RecipeKey("seed", \.seed, "Seed of all random numbers."),
    RecipeKey(
      "log.every", \.logEvery, .atLeast(1),
      "Steps from one line of metrics to the next."),
    RecipeKey(
      "sample.every", \.sampleEvery, .atLeast(1),
      "Steps from one preview to the next."),
    RecipeKey(
      "checkpoint.every", \.checkpointEvery, .atLeast(1),
      "Steps from one checkpoint to the next."),
    RecipeKey(
      "checkpoint.minutes", \.checkpointMinutes, .orNull(.above(0)),
      "Most minutes from one checkpoint to the next, null for no limit; no result depends on it."
    ),
    RecipeKey(
      "checkpoint.keep", \.keep, .atLeast(2),
      "Checkpoints to keep, besides the best."),
  ]

  /// The further keys of a recipe whose trainer evaluates.
  public static let evaluationKeys: [RecipeKey<LoopOptions>] = [
    RecipeKey(
      "evaluate.every", \.evaluateEvery, .orNull(.atLeast(1)),
      "Steps from one evaluation to the next, null for none; a checkpoint of such a step may be the "
        + "best."),
    RecipeKey(
      "evaluate.patience", \.patience, .orNull(.atLeast(1)),
      "Early stopping: end after so many evaluations without a new best; null for never."),
  ]
}
