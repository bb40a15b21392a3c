import Autograd
import Datasets
import Layers
import Runs
import Training

/// A classifier in training on a data set.
public final class ClassifierTrainer: Trainer {
  private let learner: Learner<Classifier>
  private let recipe: ClassifierRecipe
  private let sampler: BatchSampler
  private let heldOut: ImageDataset
  private var loader: BatchLoader?

  /// What a step learns from.
  public static let itemName = "images"

  /// A trainer with a new classifier.
  public init(_ recipe: ClassifierRecipe, _ data: ClassifierRecipe.Data) {
    self.recipe = recipe
    heldOut = data.heldOut
    learner = Learner(
      recipe.optimizer, emaDecay: recipe.emaDecay, steps: recipe.loop.steps,
      seed: recipe.loop.seed
    ) { Classifier(recipe.configuration) }
    sampler = BatchSampler(
      data.training, batchSize: recipe.batch, seed: recipe.loop.seed,
      augmentation: recipe.data.augmentation)
  }

  /// How many steps have been done.
  public var stepsDone: Int { learner.stepsDone }

  /// How many images a step takes.
  public var itemsPerStep: Int { recipe.batch }

  /// The model's.
  public var optimizers: [Optimizer] { [learner.optimizer] }

  /// How many parameters there are.
  public var parameterCount: Int { learner.parameterCount }

  /// Does one step on the next batch.
  /// - Throws: `NumericalFault`; `DatasetError` if an image cannot be read any more.
  public func step() throws -> [Measurement] {
    let loader = loader ?? BatchLoader(sampler, from: sampler.cursor(step: stepsDone))
    self.loader = loader
    let batch = try loader.next()
    let mode = Mode.training(seed: recipe.loop.seed, step: stepsDone)
    return try NumericalFault.keeping(
      [
        NamedArray("images", batch.images),
        NamedArray("labels", [batch.labels.count], whole: batch.labels),
      ]
    ) {
      try learner.step(mode: mode) { _ in
        crossEntropy(learner.model(Tensor(constant: batch.images)), batch.labels)
      }.measurements
    }
  }

  /// The loss on the held-out images, and how many are told right.
  /// - Throws: `DatasetError` if an image cannot be read any more.
  public func evaluate() throws -> [Measurement] {
    let evaluation = try learner.average.model.evaluate(on: heldOut)
    return [
      Measurement("loss_held_out", label: "held out", evaluation.loss),
      Measurement("accuracy", label: "accuracy", evaluation.accuracy),
    ]
  }

  /// A classifier shows nothing.
  public func preview() -> Preview? { nil }

  /// The classifier, its average and the optimizer.
  public func checkpointFiles() -> [CheckpointStore.File] { learner.checkpointFiles() }

  /// Takes up the state of a checkpoint.
  /// - Throws: `FileError` when a file is missing, damaged, or of a model of other sizes.
  public func restore(_ checkpoint: Checkpoint) throws {
    try learner.restore(checkpoint)
    loader = nil
  }

  /// Takes over the weights of a checkpoint, but nothing else.
  /// - Throws: `FileError` when a file is missing, damaged, or of a model of other sizes.
  public func adoptWeights(of checkpoint: Checkpoint) throws {
    try learner.adoptWeights(of: checkpoint)
  }
}
