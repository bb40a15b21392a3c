import Compute
import Runs

/// How long a run trains, and how often it says and saves something.
public struct LoopOptions: Equatable, Sendable {
  /// Steps in all; within a budget, as it was decided last.
  public var steps: Int
  /// How long the training is to take; it decides the steps.
  public var budget: Budget?
  /// What the budget has decided; nil where the steps are known from the beginning.
  public var decided: StepPlan?
  /// The seed of all that is random.
  public var seed: UInt64 = 0
  /// What products and convolutions round their operands to.
  public var precision = Precision.float32
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

  /// How many steps there are, as a training knows it.
  public var plan: StepPlan { decided ?? StepPlan(steps: steps) }

  /// Lets a training have those steps.
  public mutating func adopt(_ plan: StepPlan) { (decided, steps) = (plan, plan.steps) }

  /// Whether a training ends after `step` steps.
  func isLast(_ step: Int) -> Bool { step == decided?.steps(at: step) ?? steps }

  /// Whether the model is evaluated after `step` steps.
  func isEvaluated(after step: Int) -> Bool {
    evaluateEvery.map { step % $0 == 0 || isLast(step) } ?? false
  }

  /// Whether there is a preview after `step` steps: at the beginning, in between and at the end.
  func hasPreview(after step: Int) -> Bool { step % sampleEvery == 0 || isLast(step) }

  /// Makes sure that what the budget has decided is the number of steps.
  /// - Throws: `RecipeProblem` that names `budget.decisions`.
  public func check() throws(RecipeProblem) {
    guard let decided, decided.steps != steps else { return }
    throw RecipeProblem(
      "budget.decisions",
      "for \(decided.steps) steps, but steps is \(steps): set it to null for a number of steps that is known"
    )
  }
}

extension Precision: RecipeChoice {
  /// What is said before a training with it: that it is slow here.
  public var remarks: [String] {
    hasUnit
      ? []
      : [
        "\(rawValue) is made for a matrix unit (AMX), and none is in use here: the bits are the same, "
          + "but it takes longer than float32"
      ]
  }
}

extension LoopOptions {
  /// Their keys in a recipe.
  public static let keys: [RecipeKey<LoopOptions>] = [
    RecipeKey("steps", \.steps, .atLeast(1), "Training steps in all."),
    RecipeKey(
      "budget.time", \.budget,
      "How long to train, such as 10m: decides the steps; null for no limit."),
    RecipeKey(
      "budget.decisions", \.decided,
      "How the budget decided the steps; with budget.time null, a training repeats them exactly."
    ),
    RecipeKey("seed", \.seed, "Seed of all random numbers."),
    RecipeKey(
      "precision", \.precision,
      "What products and convolutions round their operands to; all else is float32, and so are sums."
    ),
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
