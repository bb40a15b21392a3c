import Compute
import Layers
import Runs
import Training

/// A transformer in training on a text.
public final class TransformerTrainer: Trainer {
  private let learner: Learner<Transformer>
  private let recipe: TransformerRecipe
  private let data: TextData

  /// What a step learns from.
  public static let itemName = "tokens"

  /// A trainer with a new transformer.
  public init(_ recipe: TransformerRecipe, _ data: TextData) {
    self.recipe = recipe
    self.data = data
    learner = Learner(
      recipe.optimizer, emaDecay: recipe.emaDecay, steps: recipe.loop.steps,
      seed: recipe.loop.seed
    ) { recipe.untrainedModel }
  }

  /// The transformer alone.
  public var networks: [(prefix: String, network: any TrainedNetwork)] { [("", learner)] }

  /// How many tokens a step takes.
  public var itemsPerStep: Int { recipe.batch * recipe.accumulate * recipe.context }

  /// Does one step on windows from anywhere in the text; where they begin depends on the seed, their
  /// number and the step alone.
  /// - Throws: `NumericalFault`.
  public func step() throws -> [Measurement] {
    let mode = Mode.training(seed: recipe.loop.seed, step: stepsDone)
    return try NumericalFault.keeping(
      (0..<recipe.accumulate).map { part in
        NamedArray(
          "tokens.\(part)", [recipe.batch, recipe.context],
          whole: tokens(ofPart: part, ahead: 0))
      }
    ) {
      try learner.step(parts: recipe.accumulate, mode: mode) { part in
        learner.model.loss(
          tokens(ofPart: part, ahead: 0), tokens(ofPart: part, ahead: 1), batch: recipe.batch)
      }.measurements
    }
  }

  /// The windows of a part of the next batch, or what follows their tokens `ahead` places on.
  private func tokens(ofPart part: Int, ahead: Int) -> [Int32] {
    let length = recipe.context
    let starts = RandomStream(seed: recipe.loop.seed, purpose: .window).integers(
      below: data.training.count - length, count: recipe.batch,
      firstSample: part * recipe.batch, step: stepsDone)
    return starts.flatMap { data.training[Int($0) + ahead..<Int($0) + ahead + length] }
  }

  /// How well the averaged model predicts the held-out text.
  public func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) -> [Measurement] {
    learner.average.model.evaluation(on: data, tell)
  }

  /// The held-out text, or the part of it that is evaluated.
  public var itemsPerEvaluation: Int { data.evaluatedTokens }

  /// A text by the averaged model.
  public func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? {
    learner.average.model.preview(recipe.preview, data, seed: recipe.loop.seed, tell)
  }

  /// The transformer, its average, the optimizer, and the tokens.
  public func checkpointFiles() -> [CheckpointStore.File] {
    networkFiles() + CheckpointStore.File.tokenizer(data.tokenizer)
  }
}
