import Layers
import Runs
import Training

/// How to train a recurrent language model.
public struct RecurrentRecipe: Recipe {
  /// What it learns from.
  public var data = TextOptions()
  /// The sizes.
  public var model = RecurrentConfiguration()
  /// Batch size: streams that the text is cut into, read side by side.
  public var batch = 64
  /// The optimizer.
  public var optimizer = RecurrentRecipe.adam
  /// The part of the averaged model that a step keeps.
  public var emaDecay = 0.99
  /// How previews are written.
  public var preview = TextPreview()
  /// How long, and how often what.
  public var loop = LoopOptions(
    steps: 6000, sampleEvery: 500, checkpointEvery: 500, evaluateEvery: 500)

  /// The recipe with all defaults.
  public init() {}

  private static let adam: OptimizerOptions = {
    var options = OptimizerOptions(learningRate: 2e-3)
    options.maxGradientNorm = 1
    options.schedule.kind = .cosine
    options.schedule.warmupSteps = 100
    return options
  }()

  /// "rnn".
  public static let kind = "rnn"
  /// What it trains.
  public static let summary =
    "A recurrent network (LSTM or GRU) that learns to continue a text, token by token."

  /// All keys.
  public static let schema = RecipeSchema<RecurrentRecipe>(
    TextOptions.keys.map { $0.at(\.data) } + RecurrentConfiguration.keys.map { $0.at(\.model) }
      + [
        RecipeKey(
          "batch", \.batch, .in(1...65536),
          "Batch size: streams of the text, read side by side.")
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
    guard optimizer.method != .muon else {
      throw RecipeProblem(
        "optimizer.method", "muon, which is not for the gates of recurrent layers: adam or rmsprop")
    }
  }
}

extension RecurrentRecipe: TextRecipe {
  /// How many tokens a window has.
  public var context: Int { model.context }

  /// How many tokens there are, once the data has said it.
  public var vocabularySize: Int? {
    get { model.vocabularySize }
    set { model.vocabularySize = newValue }
  }

  /// A model without values.
  public var untrainedModel: RecurrentModel { RecurrentModel(model) }

  /// Makes sure that the text is long enough for the streams.
  public func check(_ data: TextData) throws(RecipeProblem) {
    guard streams(of: data).windows > 0 else {
      let most = max(1, data.training.count / context - 1)
      throw RecipeProblem(
        "batch",
        "\(batch), but \(self.data.source) has \(data.training.count) tokens to learn from, "
          + "which are "
          + "enough for \(most) streams of model.context, \(context)")
    }
  }

  /// The text to learn from, as steps read it.
  func streams(of data: TextData) -> TextStreams {
    TextStreams(data.training, batch: batch, context: context, seed: loop.seed)
  }

  /// A trainer with a new model.
  public func trainer(_ data: TextData) -> RecurrentTrainer { RecurrentTrainer(self, data) }
}
