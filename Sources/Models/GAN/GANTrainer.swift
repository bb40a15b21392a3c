import Compute
import Datasets
import Files
import Images
import Runs
import Training

/// A GAN in training on a data set.
public final class GANTrainer: Trainer {
  /// The networks.
  public let gan: any TrainedGAN
  private let recipe: GANRecipe
  private let latents: RandomStream
  private let interpolation: RandomStream
  private let previewLayout: PreviewLayout
  private let previewLatents: Values
  private let batches: StepBatches
  private let heldOut: BatchSampler?

  /// What a step learns from.
  public static let itemName = "images"

  /// A trainer with new networks.
  public init(_ recipe: GANRecipe, _ dataset: ImageDataset) {
    self.recipe = recipe
    func make<G, D>(_ generator: G.Type, _ discriminator: D.Type) -> any TrainedGAN
    where G: GeneratorNetwork & ConfiguredNetwork, D: DiscriminatorNetwork & ConfiguredNetwork {
      GAN(
        loss: recipe.loss, penalty: recipe.penalty, packing: recipe.model.packing,
        optimizer: recipe.optimizer, discriminatorOptimizer: recipe.discriminatorOptimizer,
        discriminatorSteps: recipe.discriminatorSteps, emaDecay: recipe.emaDecay,
        steps: recipe.loop.steps, seed: recipe.loop.seed,
        generator: { G(recipe.configuration) }, discriminator: { D(recipe.configuration) })
    }
    let networks = recipe.model.blocks.networks
    gan = make(networks.generator, networks.discriminator)
    batches = StepBatches(
      BatchSampler(
        dataset, batchSize: recipe.batch, seed: recipe.loop.seed,
        augmentation: recipe.data.augmentation), perStep: recipe.discriminatorSteps)
    heldOut = Self.heldOutBatches(recipe, dataset)
    latents = RandomStream(seed: recipe.loop.seed, purpose: .noise)
    interpolation = RandomStream(seed: recipe.loop.seed, purpose: .interpolation)
    previewLayout = PreviewLayout(classes: recipe.configuration.classCount)
    previewLatents = GANSampler.latents(
      0..<previewLayout.count,
      size: recipe.model.latentSize, seed: recipe.loop.seed)
  }

  /// Both halves.
  public var networks: [(prefix: String, network: any TrainedNetwork)] { gan.networks }

  /// How many images of the data a step takes.
  public var itemsPerStep: Int { recipe.batch * recipe.discriminatorSteps }

  /// Both losses together, as one may rise from nearly nothing as the other falls; of them, those that have a
  /// lower bound.
  public func overallLoss(_ measurements: [Measurement]) -> Double? {
    let bounded = measurements.prefix(recipe.loss.boundedLosses)
    return bounded.isEmpty ? nil : bounded.reduce(0) { $0 + $1.value }
  }

  /// About that of a discriminator that cannot tell, of all kinds of losses. The first step's would not do:
  /// when the generator's is measured, the discriminator has learned already.
  public static let startingLoss: Double? = 2

  /// Does one step on the next batches, one for each of the discriminator's updates.
  /// - Throws: `NumericalFault`; `DatasetError` if an image cannot be read any more.
  public func step() throws -> [Measurement] {
    let batches = try batches(ofStep: stepsDone).enumerated().map(ganBatch)
    let losses = try NumericalFault.keeping(
      batches.enumerated().flatMap { number, batch in
        let suffix = number == 0 ? "" : ".\(number)"
        return [
          NamedArray("images" + suffix, batch.real), NamedArray("latents" + suffix, batch.latents),
        ]
      }
    ) {
      try gan.step(batches, mode: .training(seed: recipe.loop.seed, step: stepsDone))
    }
    let overfitting =
      stepsDone % recipe.loop.logEvery == 0 ? try overfitting(batches[batches.count - 1]) : nil
    // Without the penalty, which not every step has.
    let judged = Double(losses.discriminator) - Double(losses.penalty ?? 0)
    let further = [
      (
        "learning_rate_discriminator",
        recipe.discriminatorLearningRate.map { _ in optimizers[1].learningRate }
      ),
      ("gradient_penalty", losses.penalty.map(Double.init)), (Self.varietyName, losses.variety),
      (Self.overfittingName, overfitting),
    ]
    return [
      Measurement("loss_discriminator", label: "loss D", judged),
      Measurement("loss_generator", label: "G", Double(losses.generator)),
      Measurement("score_real", label: "D(real)", Double(losses.realScore)),
      Measurement("score_fake", label: "D(fake)", Double(losses.fakeScore)),
      Measurement("gradient_norm_discriminator", losses.discriminatorNorm),
      Measurement("gradient_norm_generator", losses.generatorNorm),
      Measurement("learning_rate", optimizers[0].learningRate),
    ] + further.compactMap { name, value in value.map { Measurement(name, $0) } }
  }

  /// What a discriminator's update of the next step learns from, by its number there.
  private func ganBatch(_ number: Int, _ batch: Batch) -> GANBatch {
    let (count, first) = (recipe.batch, number * recipe.batch)
    return GANBatch(
      real: batch.images,
      latents: latents.normals(
        [count, 1, 1, recipe.model.latentSize], firstSample: first, step: stepsDone),
      classes: recipe.configuration.classCount == nil ? nil : batch.labels,
      distortions: distortions(number),
      interpolation: recipe.penalty.wganGP > 0
        ? interpolation.uniforms(
          [count / recipe.model.packing, 1], firstSample: first, step: stepsDone
        ).elements : nil)
  }

  /// How the images of that batch of the next step are shown to the discriminator; nil for as they are.
  private func distortions(
    _ number: Int
  ) -> (real: [ImageDistortion], fake: [ImageDistortion])? {
    guard let ways = recipe.augmentation, !ways.isEmpty else { return nil }
    func drawn(from first: Int) -> [ImageDistortion] {
      DiffAugment.distortions(
        ways, count: recipe.batch, first: first, size: recipe.model.size, seed: recipe.loop.seed,
        step: stepsDone)
    }
    return (drawn(from: 2 * number * recipe.batch), drawn(from: (2 * number + 1) * recipe.batch))
  }

  /// Held-out images, as many at a time as a step learns from or there are; nil where there are none.
  private static func heldOutBatches(_ recipe: GANRecipe, _ dataset: ImageDataset) -> BatchSampler?
  {
    guard let heldOut = try? dataset.heldOut() else { return nil }
    let packing = recipe.model.packing
    let size = min(recipe.batch, heldOut.count) / packing * packing
    return size == 0
      ? nil : BatchSampler(heldOut, batchSize: size, seed: recipe.loop.seed)
  }

  /// How far the discriminator overfits after the latest step; nil without held-out images, or where it cannot tell.
  private func overfitting(_ batch: GANBatch) throws -> Double? {
    try heldOut.flatMap { heldOut in
      let unseen = try heldOut.batch(step: stepsDone / recipe.loop.logEvery)
      return gan.overfitting(
        on: batch, heldOut: unseen.images,
        classes: recipe.configuration.classCount == nil ? nil : unseen.labels)
    }
  }

  private static let varietyName = "variety"
  private static let overfittingName = "overfitting_discriminator"

  /// How much generated images differ beside those of the data.
  public func variety(_ measurements: [Measurement]) -> Double? {
    measurements.first { $0.name == Self.varietyName }?.value
  }

  /// How far the discriminator overfits.
  public func overfitting(_ measurements: [Measurement]) -> Double? {
    measurements.first { $0.name == Self.overfittingName }?.value
  }

  /// A grid of images from the same latents each time; where there are classes, a column for each.
  public func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? {
    let drawn = gan.sample(previewLatents, classes: previewLayout.classes)
    return .images(images(drawn), columns: previewLayout.columns)
  }
}
