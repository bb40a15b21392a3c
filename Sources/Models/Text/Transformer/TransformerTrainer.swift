import Compute
import Datasets
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
  /// - Throws: `NumericalFault`; `DatasetError` if the text cannot be read any more.
  public func step() throws -> [Measurement] {
    let mode = Mode.training(seed: recipe.loop.seed, step: stepsDone)
    let shape = [recipe.batch, recipe.context]
    return try NumericalFault.keeping(
      (0..<recipe.accumulate).compactMap { part in
        (try? windows(ofPart: part)).map {
          NamedArray("tokens.\(part)", shape, whole: $0.inputs)
        }
      }
    ) {
      try learner.step(parts: recipe.accumulate, mode: mode) { part in
        let windows = try windows(ofPart: part)
        return learner.model.loss(windows.inputs, windows.targets, batch: recipe.batch)
      }.measurements
    }
  }

  /// The windows of a part of the next batch, and what follows their tokens.
  private func windows(
    ofPart part: Int
  ) throws(DatasetError) -> (inputs: [Int32], targets: [Int32]) {
    let length = recipe.context
    let stream = RandomStream(seed: recipe.loop.seed, purpose: .window)
    var (inputs, targets) = ([Int32](), [Int32]())
    for window in part * recipe.batch..<(part + 1) * recipe.batch {
      var random = stream.sequence(sample: window, step: stepsDone)
      let start = random.integer(below: data.training.count - length)
      let tokens = try data.training[start..<start + length + 1]
      inputs += tokens.dropLast()
      targets += tokens.dropFirst()
    }
    return (inputs, targets)
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
