import Runs
import Training

/// How to train a transformer.
public struct TransformerRecipe: Recipe {
  /// What it learns from.
  public var data = TextOptions()
  /// The sizes and variants.
  public var model = TransformerConfiguration()
  /// Batch size, of a micro-batch: windows of text.
  public var batch = 32
  /// How many times so many make a step.
  public var accumulate = 1
  /// The optimizer.
  public var optimizer = TransformerRecipe.muon
  /// The part of the averaged model that a step keeps.
  public var emaDecay = 0.99
  /// How previews are written.
  public var preview = TextPreview()
  /// How long, and how often what.
  public var loop = LoopOptions(
    steps: 4000, sampleEvery: 500, checkpointEvery: 500, evaluateEvery: 500)

  /// The recipe with all defaults.
  public init() {}

  private static let muon: OptimizerOptions = {
    var options = OptimizerOptions(learningRate: 3e-3, beta2: 0.99)
    options.method = .muon
    options.weightDecay = 0.1
    options.maxGradientNorm = 1
    options.schedule.kind = .cosine
    options.schedule.warmupSteps = 100
    return options
  }()

  /// "transformer".
  public static let kind = "transformer"
  /// What it trains.
  public static let summary =
    "A transformer decoder that learns to continue a text, token by token."

  /// All keys.
  public static let schema = RecipeSchema<TransformerRecipe>(
    TextOptions.keys.map { $0.at(\.data) } + TransformerConfiguration.keys.map { $0.at(\.model) }
      + [
        RecipeKey(
          "batch", \.batch, .in(1...65536), "Batch size of a micro-batch, in windows of text."),
        RecipeKey(
          "accumulate", \.accumulate, .in(1...65536),
          "Micro-batches per training step (gradient accumulation)."),
      ] + OptimizerOptions.keys.map { $0.at(\.optimizer) } + [
        RecipeKey(
          "ema.decay", \.emaDecay, .in(0...0.999_999), formerly: "average.decay",
          "Decay of the model's EMA, which is what text is sampled from; 0 for none.")
      ] + TextPreview.keys.map { $0.at(\.preview) }
      + TextOptions.evaluationKeys.map { $0.at(\.data) }
      + LoopOptions.evaluationKeys.map { $0.at(\.loop) }
      + LoopOptions.keys.map { $0.at(\.loop) })

  /// Makes sure that the settings go together.
  public func check() throws(RecipeProblem) {
    try loop.check()
    try optimizer.check()
    try model.check()
  }
}

extension TransformerRecipe: TextRecipe {
  /// How many tokens a window has.
  public var context: Int { model.context }

  /// How many tokens there are, once the data has said it.
  public var vocabularySize: Int? {
    get { model.vocabularySize }
    set { model.vocabularySize = newValue }
  }

  /// A transformer without values.
  public var untrainedModel: Transformer { Transformer(model) }

  /// A trainer with a new transformer.
  public func trainer(_ data: TextData) -> TransformerTrainer { TransformerTrainer(self, data) }
}
