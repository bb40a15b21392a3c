import Autograd
import Compute
import Layers
import Runs
import Training

/// A recurrent language model in training on a text.
///
/// It reads the text in streams side by side. The state after a step's tokens is that before the next
/// step's, but the gradient does not go back there: truncated back-propagation through time.
public final class RecurrentTrainer: Trainer {
  private let learner: Learner<RecurrentModel>
  private let recipe: RecurrentRecipe
  private let data: TextData
  private let streams: TextStreams
  /// After the latest step.
  private var state: [RecurrentState]

  /// What a step learns from.
  public static let itemName = "tokens"

  /// A trainer with a new model.
  public init(_ recipe: RecurrentRecipe, _ data: TextData) {
    self.recipe = recipe
    self.data = data
    streams = recipe.streams(of: data)
    learner = Learner(
      recipe.optimizer, emaDecay: recipe.emaDecay, steps: recipe.loop.steps,
      seed: recipe.loop.seed
    ) { recipe.untrainedModel }
    state = learner.model.initialState(batch: recipe.batch)
  }

  /// The model alone.
  public var networks: [(prefix: String, network: any TrainedNetwork)] { [("", learner)] }

  /// How many tokens a step takes.
  public var itemsPerStep: Int { recipe.batch * recipe.context }

  /// Does one step on the next window of all streams.
  /// - Throws: `NumericalFault`; `DatasetError` if the text cannot be read any more.
  public func step() throws -> [Measurement] {
    let window = try streams.window(step: stepsDone)
    let before =
      window.isFirst ? learner.model.initialState(batch: recipe.batch) : state
    let mode = Mode.training(seed: recipe.loop.seed, step: stepsDone)
    return try NumericalFault.keeping(
      [NamedArray("tokens", [recipe.batch, recipe.context], whole: window.inputs)]
        + before.arrays.named("state.")
    ) {
      var after = state
      let report = try learner.step(mode: mode) { _ in
        let logits: Tensor
        (logits, after) = learner.model(window.inputs, from: before)
        return crossEntropy(logits, window.targets)
      }
      if !Abandonment.isGivenUp { state = after }
      return report.measurements
    }
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

  private static let stateFile = "state.safetensors"

  /// The model, its average, the optimizer, the carried state, and the tokens.
  public func checkpointFiles() -> [CheckpointStore.File] {
    networkFiles()
      + [.safetensors(Self.stateFile, state.arrays.named(""))]
      + CheckpointStore.File.tokenizer(data.tokenizer)
  }

  /// Takes up the state of a checkpoint.
  /// - Throws: `FileError` when a file is missing, damaged, or of a model of other sizes.
  public func restore(_ checkpoint: Checkpoint) throws {
    try restoreNetworks(checkpoint)
    let restored = learner.model.initialState(batch: recipe.batch)
    try restored.arrays.read(from: checkpoint.tensors(Self.stateFile), prefix: "")
    state = restored
  }
}

extension [RecurrentState] {
  /// The states of all layers, by layer and part, as a checkpoint has them.
  var arrays: SlabArrays {
    SlabArrays(
      enumerated().flatMap { layer, state in
        [("rnn.\(layer).hidden", state.hidden)]
          + (state.cell.map { [("rnn.\(layer).cell", $0)] } ?? [])
      })
  }
}
