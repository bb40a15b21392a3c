/// A sampler as data: when the denoiser is asked, and how the next noisy sample is made of its answer.
///
/// All samplers here are linear in what they keep, apart from the clipping of the estimated image. So a
/// step is a row of factors, worked out in double precision beforehand, and one routine runs them all.
public struct SamplingPlan: Equatable, Sendable {
  /// One question to the denoiser, and what is made of its answer.
  struct ModelCall: Equatable {
    /// The time that the denoiser is told.
    var timestep: Double
    /// The noisy sample before.
    var from: NoiseLevel
    /// The noisy sample after.
    var to: NoiseLevel
    /// The image by the denoiser's answer.
    var predicted: PredictionTarget.Combination
    /// The factors of what the next noisy sample is the sum of.
    var next = Next()
  }

  /// The factors of the parts of the next noisy sample.
  struct Next: Equatable {
    /// Of the noisy sample.
    var noisy = 0.0
    /// Of the estimated, perhaps clipped, image.
    var predicted = 0.0
    /// Of the denoiser's answer.
    var output = 0.0
    /// Of new noise.
    var noise = 0.0
    /// Of the noisy sample that the model call before this one began with.
    var previousNoisy = 0.0
    /// Of the image that it estimated.
    var previousPredicted = 0.0
  }

  /// The model calls in order.
  let modelCalls: [ModelCall]
  /// To what magnitude estimates are clipped.
  let clipRange: Double?
  /// The sigma of pure noise to begin with.
  let initialSigma: Double

  /// How often the denoiser is asked.
  public var count: Int { modelCalls.count }

  /// The times that the denoiser is told.
  public var timesteps: [Double] { modelCalls.map(\.timestep) }

  /// The part of the image from which on it shows that pure noise stands in for it.
  public static let visibleSignal = 0.1

  /// The part of the image in the first noisy sample, 0 to 1: what is missing where pure noise stands in for
  /// it.
  public var initialSignal: Double { modelCalls.first?.from.signal ?? 0 }

  /// The plan of a sampler for a diffusion.
  ///
  /// - Parameter strength: the part of the plan that is run, from 0 (nothing) to 1 (all): less than 1
  ///   begins with an image that has noise only up to there.
  public init(
    _ options: SamplerOptions, _ schedule: NoiseSchedule, _ target: PredictionTarget,
    strength: Double = 1
  ) throws(SamplingError) {
    try options.check(timesteps: schedule.steps, isFlow: false)
    guard target != .epsilon || schedule.alphasCumulative.allSatisfy({ $0 > 0 }) else {
      throw SamplingError(
        "a model that tells the noise, but of noisy samples with no signal at the last time step that says "
          + "nothing of the image: the target must be sample or velocity")
    }
    let levels = try Self.skipped(strength, Self.levels(options, schedule, target))
    modelCalls = Self.modelCalls(options, levels, target)
    clipRange = options.clipRange
    // A sum of an image and noise has unit variance where the image does. Without an image, that much
    // noise is more than the denoiser expects, and the excess stays in the image.
    let first = levels.first?.noiseLevel
    initialSigma = first.map { $0.signal > Self.visibleSignal ? $0.noise : 1 } ?? 1
  }

  /// The plan of Euler's method for a flow of so many time steps; see `init(_:_:_:strength:)`.
  public init(flow options: SamplerOptions, timesteps: Int, strength: Double = 1)
    throws(SamplingError)
  {
    try options.check(timesteps: timesteps, isFlow: true)
    let levels = try Self.skipped(strength, Self.levels(flow: options, timesteps: timesteps))
    modelCalls = Self.modelCalls(options, levels, .velocity)
    clipRange = nil
    initialSigma = levels.first?.noiseLevel.noise ?? 1
  }

  /// The last part of the levels: as many as that strength leaves.
  private static func skipped(
    _ strength: Double, _ levels: [Level]
  ) throws(SamplingError) -> [Level] {
    guard (0...1).contains(strength) else {
      throw SamplingError("a strength of \(strength), but must be 0 to 1")
    }
    guard !levels.isEmpty else {
      throw SamplingError("no step, since the time steps taken are without noise")
    }
    // A product such as 0.29 * 100 may lie just below the whole number that is meant.
    let count = Int((Double(levels.count) * strength + 1e-9).rounded(.down))
    return Array(levels.suffix(count))
  }
}

extension SamplingPlan {
  /// The part of an image from which on no denoiser takes noise for a beginning. On a cosine schedule,
  /// leading spacing has it in one to five steps, and quadratic spacing always.
  private static let largestInitialSignal = 0.3

  /// Whether all but one of several steps begin where no noise is left, so that one has it all to do.
  private var isOneStep: Bool {
    count > 1 && Set(timesteps.map { max($0.rounded(), 0) }).subtracting([0]).count == 1
  }

  /// Makes sure that the plan leads from pure noise to an image.
  /// - Throws: `SamplingError` with the reason.
  func checkBeginning(_ options: SamplerOptions) throws(SamplingError) {
    let spacing =
      options.usesKarrasSpacing ? "Karras's levels" : "\(options.spacing.rawValue) spacing"
    let steps = options.steps == 1 ? "1 step" : "\(options.steps) steps"
    guard initialSignal < Self.largestInitialSignal else {
      let remedy = options.spacing == .quadratic ? "" : "more steps or "
      throw SamplingError(
        "\(steps) of \(spacing) begin at time \(Int(timesteps[0])), where \(Int(100 * initialSignal)) % "
          + "of an image should be, but there is only noise: name \(remedy)the spacing trailing")
    }
    guard !isOneStep else {
      throw SamplingError(
        "\(steps) of \(spacing) are one: the last begins at time 0, where no noise is left: name more "
          + "steps or the spacing trailing")
    }
  }
}
