import Runs
import Training

/// How to train a denoising UNet.
public struct DiffusionRecipe: Recipe {
  /// What it learns from.
  public var data = DataOptions()
  /// The UNet, apart from what the data decides.
  public var model = DiffusionRecipe.smallModel
  /// Pixels of an image's side; nil for the data's, but at most `usualSize`.
  public var imageSize: Int? {
    get { takesSizeOfData ? nil : model.sampleSize }
    set {
      takesSizeOfData = newValue == nil
      model.sampleSize = newValue ?? Self.usualSize
    }
  }
  private var takesSizeOfData = false
  /// The pretrained model from whose weights a training starts where there are few color images; nil for new
  /// weights.
  public var pretrained: String?
  /// Channels of an image; nil for the data's.
  public var imageChannels: Int?
  /// Whether the UNet is told an image's class; nil where the data has classes.
  public var isConditional: Bool? = false
  /// Rows of the table of classes; nil for the data's classes and, where classes are left out, one for
  /// none.
  public var classRows: Int?
  /// How images and noise are mixed.
  public var objective = DiffusionObjective.Kind.diffusion
  /// What a diffusion's UNet tells.
  public var target = PredictionTarget.epsilon
  /// The noise of the time steps.
  public var schedule = Schedule()
  /// The signal-to-noise ratio above which a time step counts less; nil for equal weights.
  public var minSNRGamma: Double?
  /// At which times the UNet learns.
  public var times = TimestepDistribution()
  /// What the UNet is trained for.
  public var lossKind = DenoisingLoss.denoising
  /// In how many stages the times of consistency tuning come together.
  public var consistencyStages = 8
  /// Into how many segments a consistency tuning cuts the times.
  public var consistencySegments = 1
  /// Whether the run that a consistency tuning starts from teaches it the way from a time to the earlier one.
  public var hasTeacher = false
  /// By what scale the teacher is guided; nil for `usualGuidance` where it can be.
  public var teacherGuidance: Double?
  /// The part of the classes that training leaves out, so that guidance knows of none.
  public var classDropout = 0.1
  /// The chance of each change of an image's geometry, of which the UNet is told; nil for one where there are few
  /// images.
  public var augmentProbability: Double? = 0
  /// Whether a new run keeps its checkpoint after a third of the steps, to guide images away from it; nil for where
  /// there are few images and no classes.
  public var autoguides: Bool? = false
  /// Batch size, of a micro-batch.
  public var batch = 64
  /// How many times so many make a step.
  public var accumulate = 1
  /// The optimizer.
  public var optimizer = DiffusionRecipe.adam
  /// The part of the averaged UNet that a step keeps.
  public var emaDecay = 0.999
  /// How images are sampled, and previews among them.
  public var preview = PreviewOptions()
  /// Held-out images that an evaluation takes.
  public var heldOutImages = 128
  /// How long, and how often what.
  public var loop = LoopOptions(
    steps: 4000, sampleEvery: 500, checkpointEvery: 500, evaluateEvery: 500)

  /// The size at which a training takes minutes.
  static let usualSize = 32

  /// The recipe with all defaults.
  public init() {}

  /// The noise of the time steps.
  public struct Schedule: Equatable, Sendable {
    /// How it grows.
    public var kind = NoiseScheduleKind.cosine
    /// How many time steps there are.
    public var steps = 1000
    /// The variance of the first step's noise.
    public var betaStart = 1e-4
    /// That of the last step's.
    public var betaEnd = 0.02
    /// Whether nothing of the image is left at the last step.
    public var hasZeroSNR = false
  }

  /// How images are sampled, and previews among them.
  public struct PreviewOptions: Equatable, Sendable {
    /// Images of a preview; nil for what the training's time allows.
    public var count: Int?
    /// Denoising steps of a preview; nil for what the training's time allows.
    public var previewSteps: Int?
    /// The sampler; nil for the objective's.
    public var sampler: SamplerKind?
    /// The variance of the ancestral sampler's noise.
    public var variance = SamplerOptions.Variance.small
    /// Which time steps are taken; nil for the sampler's own.
    public var spacing: TimestepSpacing?
    /// Added to the time steps of leading spacing.
    public var stepsOffset = 0
    /// The largest magnitude of an estimated image, where the sampler clips; nil for any.
    public var clip: Double? = 1
    /// Denoising steps.
    public var steps = 20
    /// The scale of guidance, 1 being none; nil for `DiffusionRecipe.usualGuidance` where the UNet has
    /// learned to go without a class.
    public var guidance: Double?
    /// The lowest and the highest sigma at which there is guidance; nil for every noise level.
    public var guidanceInterval: [Double]?
  }

  /// Three levels of 32 to 64 channels with attention in the lowest.
  private static let smallModel: UNetConfiguration = {
    var model = UNetConfiguration()
    model.blockOutChannels = [32, 64, 64]
    model.downBlocks = [.plain, .plain, .attention]
    model.upBlocks = [.attention, .plain, .plain]
    model.layersPerBlock = 1
    model.normNumGroups = 8
    model.attentionHeadDim = 32
    return model
  }()

  private static let adam: OptimizerOptions = {
    var options = OptimizerOptions(learningRate: 1e-3)
    options.schedule.kind = .cosine
    options.schedule.warmupSteps = 100
    options.maxGradientNorm = 1
    return options
  }()
}

extension DiffusionRecipe {
  /// The UNet, once the data has given its part.
  public var configuration: UNetConfiguration {
    var configuration = model
    configuration.inChannels = imageChannels ?? 1
    configuration.outChannels = configuration.inChannels
    configuration.classCount = isConditional == true ? classRows : nil
    return configuration
  }

  /// The UNet as it is trained, which may be told how images were augmented.
  var trainedConfiguration: UNetConfiguration {
    var configuration = configuration
    if augmentation != nil { configuration.augmentationLabels = GeometricAugmentation.labels }
    return configuration
  }

  /// How images are changed of which the UNet is told; nil for not at all.
  var augmentation: GeometricAugmentation? {
    guard let augmentProbability, augmentProbability > 0 else { return nil }
    return GeometricAugmentation(probability: augmentProbability, mirrors: !data.flip)
  }

  /// How many classes the UNet knows; nil where it is told none.
  public var classCount: Int? { configuration.classCount.map { $0 - (classDropout > 0 ? 1 : 0) } }

  /// The row of the table that stands for no class; nil where there is none, and so no guidance.
  public var nullClass: Int32? { classDropout > 0 ? classCount.map(Int32.init) : nil }

  /// The schedule of noise.
  public var noiseSchedule: NoiseSchedule {
    NoiseSchedule(
      schedule.kind, steps: schedule.steps, betaStart: schedule.betaStart,
      betaEnd: schedule.betaEnd, rescaleToZeroSNR: schedule.hasZeroSNR)
  }

  /// The scale of guidance that shows most of what a UNet with classes can do.
  public static let usualGuidance = 1.5

  /// The same of a UNet of few images that is guided by itself after a third of the training.
  static let usualAutoguidance = 2.0

  /// How images are guided by the UNet itself where nothing else is asked for.
  public var guidance: Guidance {
    guard loop.sparedStep == nil, autoguides != true else { return .none }
    let canGuide = nullClass != nil && lossKind == .denoising
    let scale = preview.guidance ?? (canGuide ? Self.usualGuidance : 1)
    guard let interval = preview.guidanceInterval else { return Guidance(scale: scale) }
    return Guidance(scale: scale, interval: interval[0]...interval[1])
  }

  /// The step of the run whose UNet images are guided by, and how far they are, once it is behind; nil
  /// where the recipe names none.
  func autoguidance(after step: Int) -> (step: Int, scale: Double)? {
    guard let weaker = loop.sparedStep, weaker < step else { return nil }
    return (weaker, preview.guidance ?? Self.usualGuidance)
  }

  /// By what scale the teacher of a consistency tuning is guided.
  var teacherScale: Double { teacherGuidance ?? (nullClass == nil ? 1 : Self.usualGuidance) }

  /// A UNet as it is sampled from.
  ///
  /// - Parameters:
  ///   - guidance: nil for the recipe's.
  ///   - weaker: what it is guided by; nil for itself without a class.
  func denoiser(
    _ unet: UNet, classes: [Int32]?, guidance: Guidance? = nil, weaker: UNet? = nil
  ) -> Denoiser {
    let denoiser = Denoiser(unet, classes: classes)
    guard
      let guide = weaker.map(Denoiser.Guide.weaker) ?? nullClass.map(Denoiser.Guide.withoutClass)
    else { return denoiser }
    return denoiser.guided(by: guide, guidance ?? self.guidance, of: denoisingObjective)
  }

  /// How the sampler of that name, or for nil the recipe's, samples in so many steps.
  public func sampler(_ kind: SamplerKind? = nil, steps: Int) -> SamplerOptions {
    var options = SamplerOptions(
      kind ?? preview.sampler
        ?? (objective == .flow
          ? .euler
          : lossKind == .denoising ? .dpm : consistencySegments > 1 ? .ddim : .consistency),
      steps: steps)
    options.variance = preview.variance
    options.usesClippedModelOutput = true
    if options.clipRange != nil { options.clipRange = preview.clip }
    if let spacing = preview.spacing { options.spacing = spacing }
    options.stepsOffset = preview.stepsOffset
    return options
  }

  /// The steps of a sampler for what the UNet has learned.
  /// - Throws: `SamplingError` when it does not go with the objective.
  public func plan(_ options: SamplerOptions, strength: Double = 1) throws(SamplingError)
    -> SamplingPlan
  {
    guard options.kind != .consistency || lossKind == .consistency && consistencySegments == 1
    else {
      let reason =
        lossKind == .consistency
        ? "tuned in \(consistencySegments) segments: name ddim"
        : "not tuned for it: gen train consistency --from RUN --set loss.consistency_segments=1 does that"
      throw SamplingError("the sampler consistency, but the model was \(reason)")
    }
    return objective == .flow
      ? try SamplingPlan(flow: options, timesteps: schedule.steps, strength: strength)
      : try SamplingPlan(options, noiseSchedule, target, strength: strength)
  }

  /// What the UNet learns.
  public var denoisingObjective: DiffusionObjective {
    DiffusionObjective(
      objective, schedule: noiseSchedule, target: target, minSNRGamma: minSNRGamma, times: times)
  }
}
