import Compute
import Datasets
import Files
import Images
import Runs
import Training

/// A GAN in training on a data set.
public final class GANTrainer: Trainer {
  /// The networks.
  public let gan: GAN
  /// How many steps have been done.
  public private(set) var stepsDone = 0
  private let recipe: GANRecipe
  private let sampler: BatchSampler
  private let latents: RandomStream
  private let previewLatents: Values
  private var loader: BatchLoader?

  /// What a step learns from.
  public static let itemName = "images"

  /// A trainer with new networks.
  public init(_ recipe: GANRecipe, _ dataset: ImageDataset) {
    self.recipe = recipe
    gan = GAN(
      recipe.configuration, loss: recipe.loss, optimizer: recipe.optimizer,
      emaDecay: recipe.emaDecay, steps: recipe.loop.steps, seed: recipe.loop.seed)
    sampler = BatchSampler(
      dataset, batchSize: recipe.batch, seed: recipe.loop.seed,
      augmentation: recipe.data.augmentation)
    latents = RandomStream(seed: recipe.loop.seed, purpose: .noise)
    previewLatents = GANSampler.latents(
      0..<64, size: recipe.model.latentSize, seed: recipe.loop.seed)
  }

  /// How many images a step takes.
  public var itemsPerStep: Int { recipe.batch }

  /// The generator's and the discriminator's.
  public var optimizers: [Optimizer] { [gan.generatorOptimizer, gan.discriminatorOptimizer] }

  /// Both losses together: one may rise from nearly nothing as the other falls.
  public static func overallLoss(_ measurements: [Measurement]) -> Double? {
    measurements.prefix(2).reduce(0) { $0 + abs($1.value) }
  }

  /// About that of a discriminator that cannot tell, of all kinds of losses. The first step's would not do:
  /// when the generator's is measured, the discriminator has learned already.
  public static let startingLoss: Double? = 2

  /// How many parameters both networks have.
  public var parameterCount: Int { gan.parameterCount }

  /// Does one step on the next batch.
  /// - Throws: `NumericalFault`; `DatasetError` if an image cannot be read any more.
  public func step() throws -> [Measurement] {
    let loader = loader ?? BatchLoader(sampler, from: sampler.cursor(step: stepsDone))
    self.loader = loader
    let real = try loader.next().images
    let noise = latents.normals([recipe.batch, 1, 1, recipe.model.latentSize], step: stepsDone)
    let losses = try NumericalFault.keeping(
      [NamedArray("images", real), NamedArray("latents", noise)]
    ) {
      try gan.step(
        real: real, latents: noise, mode: .training(seed: recipe.loop.seed, step: stepsDone))
    }
    stepsDone += 1
    return [
      Measurement("loss_discriminator", label: "loss D", Double(losses.discriminator)),
      Measurement("loss_generator", label: "G", Double(losses.generator)),
      Measurement("score_real", label: "D(real)", Double(losses.realScore)),
      Measurement("score_fake", label: "D(fake)", Double(losses.fakeScore)),
      Measurement("gradient_norm_discriminator", losses.discriminatorNorm),
      Measurement("gradient_norm_generator", losses.generatorNorm),
      Measurement("learning_rate", gan.generatorOptimizer.learningRate),
    ]
  }

  /// A grid of 64 images from the same latents each time.
  public func preview() -> Preview? {
    .image(ImageGrid(columns: 8).image(of: images(gan.draw(previewLatents))))
  }

  /// Both networks, the generator's average, and both optimizers.
  public func checkpointFiles() -> [CheckpointStore.File] {
    [
      .safetensors(
        "model.safetensors",
        gan.generatorArrays.named("generator.") + gan.discriminatorArrays.named("discriminator.")),
      .safetensors("ema.safetensors", gan.averageArrays.named("generator.")),
      .safetensors(
        "optimizer.safetensors",
        gan.generatorOptimizer.arrays.named("generator.")
          + gan.discriminatorOptimizer.arrays.named("discriminator.")),
    ]
  }

  /// Takes up the state of a checkpoint.
  /// - Throws: `FileError` when a file is missing, damaged, or of a model of other sizes.
  public func restore(_ checkpoint: Checkpoint) throws {
    try adoptWeights(of: checkpoint)
    let optimizers = try checkpoint.tensors("optimizer.safetensors")
    try gan.generatorOptimizer.arrays.read(from: optimizers, prefix: "generator.")
    try gan.discriminatorOptimizer.arrays.read(from: optimizers, prefix: "discriminator.")
    gan.generatorOptimizer.stepsDone = checkpoint.step
    gan.discriminatorOptimizer.stepsDone = checkpoint.step
    stepsDone = checkpoint.step
    loader = nil
  }

  /// Takes over the weights of a checkpoint, but nothing else.
  /// - Throws: `FileError` when a file is missing, damaged, or of a model of other sizes; a pretrained
  ///   model lacks the discriminator.
  public func adoptWeights(of checkpoint: Checkpoint) throws {
    guard checkpoint.fileNames.contains("model.safetensors") else {
      throw FileError(
        .badData, checkpoint.path,
        "has the averaged generator alone; a GAN starts from a run, which has both networks")
    }
    let model = try checkpoint.tensors("model.safetensors")
    try gan.generatorArrays.read(from: model, prefix: "generator.")
    try gan.discriminatorArrays.read(from: model, prefix: "discriminator.")
    let average = try checkpoint.tensors("ema.safetensors")
    try gan.averageArrays.read(from: average, prefix: "generator.")
  }
}
