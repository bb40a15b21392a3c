import Autograd
import Datasets
import Layers
import Runs
import Training

/// A classifier in training on a data set.
public final class ClassifierTrainer: Trainer {
  private let learner: Learner<Classifier>
  private let recipe: ClassifierRecipe
  private let heldOut: ImageDataset
  private let batches: StepBatches

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
    batches = StepBatches(
      BatchSampler(
        data.training, batchSize: recipe.batch, seed: recipe.loop.seed,
        augmentation: recipe.data.augmentation))
  }

  /// The classifier alone.
  public var networks: [(prefix: String, network: any TrainedNetwork)] { [("", learner)] }

  /// How many images a step takes.
  public var itemsPerStep: Int { recipe.batch }

  /// Does one step on the next batch.
  /// - Throws: `NumericalFault`; `DatasetError` if an image cannot be read any more.
  public func step() throws -> [Measurement] {
    let batch = try batches(ofStep: stepsDone)[0]
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

  /// Begins with the weights of a run whose data may have had other classes: then only features are taken over, and
  /// which class they tell is learned anew.
  /// - Throws: `FileError` when a file is missing, damaged, or of a classifier of other sizes.
  public func start(from checkpoint: Checkpoint) throws {
    let head = ["head.weight", "head.bias"]
    try forEachNetwork(in: checkpoint) { arrays, file, prefix in
      let isSame = arrays[head[0]]?.shape == file[prefix + head[0]]?.shape
      try arrays.read(from: file, prefix: prefix, except: isSame ? [] : Set(head))
    }
  }

  /// The loss on the held-out images, and how many are told right.
  /// - Throws: `DatasetError` if an image cannot be read any more.
  public func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) throws -> [Measurement] {
    let evaluation = try learner.average.model.evaluate(on: heldOut, tell)
    return [
      Measurement(
        "validation_loss", label: "validation", evaluation.loss, noise: evaluation.noise),
      Measurement("accuracy", label: "accuracy", evaluation.accuracy),
    ]
  }

  /// All held-out images.
  public var itemsPerEvaluation: Int { heldOut.count }

  /// A classifier shows nothing.
  public func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? { nil }
}
