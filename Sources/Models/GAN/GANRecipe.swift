import Datasets
import Runs
import Training

/// How to train a DCGAN.
public struct GANRecipe: Recipe {
  /// What it learns from.
  public var data = DataOptions()
  /// The sizes of both networks.
  public var model = Model()
  /// What both networks minimize.
  public var loss = AdversarialLoss.nonSaturating
  /// What the discriminator is penalized by.
  public var penalty = GradientPenalty()
  /// Whether R1's and R2's weights are yet to fit how many images there are.
  private var (fitsR1, fitsR2) = (false, false)
  /// How images are distorted before the discriminator sees them; nil for all ways where there are few images.
  public var augmentation: [DiffAugment]? = []
  /// Images to a batch.
  public var batch = 64
  /// Both networks' optimizer.
  public var optimizer = OptimizerOptions(learningRate: 2e-4, beta1: 0.5, beta2: 0.999)
  /// The discriminator's full rate, where it has one of its own.
  public var discriminatorLearningRate: Double?
  /// How often the discriminator learns in a step, from a batch each.
  public var discriminatorSteps = 1
  /// The part of the averaged generator that a step keeps.
  public var emaDecay = 0.999
  /// How long, and how often what.
  public var loop = LoopOptions(steps: 2000, sampleEvery: 250, checkpointEvery: 500)

  /// The recipe with all defaults.
  public init() {}

  /// The sizes of both networks.
  public struct Model: Equatable, Sendable {
    /// Pixels of an image's side.
    public var size = 32
    /// Channels of an image; nil for the data's.
    public var imageChannels: Int?
    /// Numbers in a latent vector.
    public var latentSize = 100
    /// Channels of the layers next to the image.
    public var channels = 64
    /// Whether both networks are told an image's class; nil where the data has classes.
    public var isConditional: Bool? = false
    /// How many classes there are; nil for the data's.
    public var classCount: Int?
    /// What both networks are made of.
    public var blocks = DCGANConfiguration.Blocks.dcgan
    /// What stands behind the discriminator's inner convolutions.
    public var discriminatorNorm = DCGANConfiguration.DiscriminatorNorm.batch
    /// How many images the discriminator sees at a time.
    public var packing = 1
  }

  /// The sizes, once the data has given its part.
  public var configuration: DCGANConfiguration {
    var configuration = DCGANConfiguration(
      size: model.size, imageChannels: model.imageChannels ?? 1, latentSize: model.latentSize,
      channels: model.channels)
    configuration.classCount = model.isConditional == true ? model.classCount : nil
    configuration.discriminatorNorm = model.discriminatorNorm
    configuration.packing = model.packing
    configuration.blocks = model.blocks
    return configuration
  }

  /// The discriminator's optimizer, whose rate goes the way of the generator's: Heusel et al., "GANs Trained by
  /// a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium" (2017).
  public var discriminatorOptimizer: OptimizerOptions {
    discriminatorLearningRate.map(optimizer.atLearningRate) ?? optimizer
  }

  /// R1's weight; nil for one that fits how many images there are.
  var r1: Double? {
    get { fitsR1 ? nil : penalty.r1 }
    set { (penalty.r1, fitsR1) = (newValue ?? Self.usualPenalty, newValue == nil) }
  }

  /// R2's weight; nil for one that fits how many images there are.
  var r2: Double? {
    get { fitsR2 ? nil : penalty.r2 }
    set { (penalty.r2, fitsR2) = (newValue ?? Self.usualPenalty, newValue == nil) }
  }

  static let usualPenalty = 1.0
  /// What keeps a generator of a hundred images from copying them.
  static let penaltyOfFew = 10.0

  /// With fewer images a discriminator soon overfits.
  static let fewImages = 5000

  /// "gan".
  public static let kind = "gan"

  /// What its runs make.
  public static let output = ModelOutput.images

  /// The trained model of a run.
  /// - Throws: `FileError`, `RecipeError` when the recipe or the checkpoint cannot be read.
  public static func trained(_ run: OpenedRun) throws -> TrainedModel {
    .images(try GANSampler(run))
  }
  /// What it trains.
  public static let summary = "A DCGAN, which learns to generate images from noise."

  /// All keys.
  public static let schema = RecipeSchema<GANRecipe>(
    DataOptions.keys.map { $0.at(\.data) } + [
      RecipeKey(
        "model.size", \.model.size, .among(32, 64), "Image height and width in pixels."),
      RecipeKey(
        "model.image_channels", \.model.imageChannels, .orNull(.among(1, 3, 4)),
        "Image channels; null takes the data's."),
      RecipeKey(
        "model.latent_size", \.model.latentSize, .in(1...4096), "Size of the latent vector."),
      RecipeKey(
        "model.channels", \.model.channels, .in(1...1024),
        "Channels of the layers next to the image; inner layers have up to 8 times as many."),
      RecipeKey(
        "model.conditional", \.model.isConditional,
        "Whether both networks are conditioned on the class; null where the data has classes."),
      RecipeKey(
        "model.num_classes", \.model.classCount, .orNull(.in(1...1_000_000)),
        "How many classes; null for the data's."),
      RecipeKey(
        "model.blocks", \.model.blocks,
        "What both networks are made of: convolutions as in DCGAN, or residual blocks without norms as in "
          + "R3GAN."),
      RecipeKey(
        "model.discriminator_norm", \.model.discriminatorNorm,
        "Norm of the discriminator: batch norm, none, or spectral norm of its weights."),
      RecipeKey(
        "model.packing", \.model.packing, .in(1...16),
        "PacGAN: images that the discriminator sees at a time, as channels of one; needs a model "
          + "without classes."),
      RecipeKey("loss", \.loss, "Adversarial loss."),
      RecipeKey(
        "diff_augment", \.augmentation,
        "DiffAugment: how images are distorted before the discriminator sees them; null takes all three "
          + "ways for fewer than \(GANRecipe.fewImages) images, and none for more."),
      RecipeKey("batch", \.batch, .in(2...65536), "Batch size."),
      RecipeKey(
        "discriminator_steps", \.discriminatorSteps, .in(1...100),
        "Discriminator updates in a step, each on a batch of its own; the generator has one."),
      RecipeKey(
        "penalty.r1", \.r1, .orNull(.in(0...1e6)),
        "Weight of the discriminator's gradient penalty at real images; 0 for none, null for \(usualPenalty), and "
          + "\(penaltyOfFew) with fewer than \(ImageDataset.few) images."),
      RecipeKey(
        "penalty.r2", \.r2, .orNull(.in(0...1e6)), "The same at generated images."),
    ] + GradientPenalty.keys.map { $0.at(\.penalty) }
      + OptimizerOptions.keys.map { $0.at(\.optimizer) } + [
        RecipeKey(
          "optimizer.discriminator_learning_rate", \.discriminatorLearningRate,
          .orNull(.above(0)),
          "TTUR: the discriminator's learning rate, on the same schedule; null for the generator's."
        ),
        RecipeKey(
          "ema.decay", \.emaDecay, .in(0...0.999_999), formerly: "average.decay",
          "Decay of the generator's EMA, which is what images are sampled from."),
        RecipeKey(
          "on_collapse", \.loop.onCollapse,
          "What to do when the generator collapses: warn, or go back to the last checkpoint before with half "
            + "the learning rate."),
      ] + LoopOptions.keys.map { $0.at(\.loop) })
}

extension GANRecipe: TrainableRecipe {
  /// Makes sure that the optimizer's settings go together.
  public func check() throws(RecipeProblem) {
    try loop.check()
    try optimizer.check()
    guard model.blocks == .dcgan || model.discriminatorNorm == .none else {
      throw RecipeProblem(
        "model.discriminator_norm",
        "\(model.discriminatorNorm.rawValue), but residual blocks have no norm: set it to none")
    }
    if let key = penalty.keyInUse, model.discriminatorNorm == .batch {
      throw RecipeProblem(
        key,
        "needs each logit to depend on its own image alone: set model.discriminator_norm to none or "
          + "spectral")
    }
    guard batch % model.packing == 0 else {
      throw RecipeProblem(
        "batch", "\(batch), but must be a multiple of model.packing, \(model.packing)")
    }
    guard loss != .wasserstein || penalty.isOn || model.discriminatorNorm == .spectral else {
      throw RecipeProblem(
        "loss",
        "wasserstein, which grows without bound unless the discriminator's slopes have one: set "
          + "model.discriminator_norm to spectral, or to none with penalty.wgan_gp at 10")
    }
  }

  /// Opens the images at the model's size, and takes their channels over.
  public mutating func openData(_ opening: DataOpening) throws -> ImageDataset {
    var options = opening.imageOptions(seed: loop.seed)
    options.size = model.size
    options.channels = model.imageChannels
    let dataset = try ImageDataset(opening.location ?? data.source, options)
    model.imageChannels = dataset.channels
    augmentation = augmentation ?? (dataset.count < Self.fewImages ? DiffAugment.allCases : [])
    let weight = dataset.count < ImageDataset.few ? Self.penaltyOfFew : Self.usualPenalty
    (r1, r2) = (r1 ?? weight, r2 ?? weight)
    let classes = try dataset.classes(conditional: model.isConditional)
    model.isConditional = classes != nil
    if let classes {
      guard model.packing == 1 else {
        throw RecipeProblem(
          "model.packing",
          "\(model.packing), but images of a batch that are seen at a time are not of one class: set "
            + "model.conditional to false")
      }
      guard model.classCount == nil || model.classCount == classes else {
        throw RecipeProblem(
          "model.num_classes",
          "\(model.classCount ?? 0), but \(dataset.name) has \(classes) classes: set it to that or "
            + "to null")
      }
      model.classCount = classes
    }
    return dataset
  }

  /// The checksum of the images to learn from, in hexadecimal.
  public static func hash(of data: ImageDataset) -> String { data.hash }

  /// The checksum of those that are held out.
  public static func heldOutHash(of data: ImageDataset) -> String? { data.hashOfHeldOut }

  /// How many images there are of both.
  public static func counts(of data: ImageDataset) -> (training: Int, heldOut: Int?) { data.counts }

  /// The networks' sizes, but for the number of classes, which the data decides.
  public static let keysOfWeights = Set(
    schema.keys.map(\.path).filter { $0.hasPrefix("model.") && $0 != "model.num_classes" })

  /// How many there are.
  public static let keysOfClasses = ["model.num_classes"]

  /// The data's name or path.
  public var dataSource: String { data.source }

  /// What the classes are called that the networks are told.
  public func classNames(of data: ImageDataset) -> [String] {
    configuration.classCount == nil ? [] : data.classNames
  }

  /// What is probably not as it was meant.
  public func remarks(on data: ImageDataset) -> [String] { data.remarks(self.data) }

  /// All of the data is learned from.
  public func trainingImages(in data: ImageDataset) -> ImageDataset? { data }

  /// The discriminator sees as many at a time.
  public var batchMultiple: Int { model.packing }

  /// As many images as there are to learn from.
  public func stepsPerEpoch(_ data: ImageDataset) -> Double {
    Double(data.count) / Double(batch * discriminatorSteps)
  }

  /// A trainer with new networks.
  public func trainer(_ data: ImageDataset) -> GANTrainer { GANTrainer(self, data) }
}
