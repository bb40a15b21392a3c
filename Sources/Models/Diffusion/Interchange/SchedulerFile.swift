import Runs

/// What diffusers' `scheduler/scheduler_config.json` says.
///
/// A run's recipe keeps the noise of the time steps and what the UNet tells, which belong to the model,
/// and of how images are sampled what the ancestral sampler and its implicit form need to know.
struct SchedulerFile: Equatable {
  /// The class.
  let scheduler: Class
  /// Time steps.
  var trainTimesteps = 1000
  /// How noise grows.
  var betaSchedule = BetaSchedule.linear
  /// Variance of the first step's noise.
  var betaStart = 1e-4
  /// Variance of the last step's noise.
  var betaEnd = 0.02
  /// Variances one by one, which are not supported.
  var trainedBetas = Null()
  /// Whether nothing of the image is left at the last step.
  var rescalesToZeroSNR = false
  /// What the UNet tells.
  var predictionType = PredictionType.epsilon
  /// The variance of the noise that is added in drawing.
  var varianceType: VarianceType? = .fixedSmall
  /// Whether predictions of the image are clipped to -clipSampleRange...clipSampleRange.
  var clipSample = true
  /// See `clipSample`.
  var clipSampleRange = 1.0
  /// Whether predictions of the image are scaled down instead.
  var thresholding = false
  /// Which time steps are taken when fewer are.
  var timestepSpacing = Spacing.leading
  /// Added to those.
  var stepsOffset = 0

  /// The classes whose files are read.
  enum Class: String, RecipeChoice {
    /// Denoising diffusion.
    case ddpm = "DDPMScheduler"
    /// Its implicit form.
    case ddim = "DDIMScheduler"
    /// DPM-Solver.
    case dpm = "DPMSolverMultistepScheduler"
    /// Heun's method.
    case heun = "HeunDiscreteScheduler"
  }

  /// diffusers' names for how noise grows.
  enum BetaSchedule: String, RecipeChoice {
    /// By equal steps.
    case linear
    /// The square of a line.
    case scaledLinear = "scaled_linear"
    /// So that the signal falls as a cosine.
    case cosine = "squaredcos_cap_v2"
    /// As a sigmoid.
    case sigmoid
  }

  /// diffusers' names for what a UNet tells.
  enum PredictionType: String, RecipeChoice {
    /// The noise.
    case epsilon
    /// The image.
    case sample
    /// Salimans and Ho's mixture of both.
    case velocity = "v_prediction"
  }

  /// The variance of the noise that is added in drawing; that of a log is the same.
  enum VarianceType: String, RecipeChoice {
    /// The posterior's.
    case fixedSmall = "fixed_small"
    /// The posterior's.
    case fixedSmallLog = "fixed_small_log"
    /// The forward step's.
    case fixedLarge = "fixed_large"
  }

  /// Which time steps are taken when fewer are.
  enum Spacing: String, RecipeChoice {
    /// From 0 in equal steps.
    case leading
    /// Down from the last in equal steps.
    case trailing
    /// Both ends, and equal steps between.
    case linspace
  }

  /// The keys of the file that are read.
  static let keys: [RecipeKey<SchedulerFile>] = [
    RecipeKey("num_train_timesteps", \.trainTimesteps, .in(1...100_000), "Time steps."),
    RecipeKey("beta_schedule", \.betaSchedule, "How noise grows."),
    RecipeKey("beta_start", \.betaStart, .in(0...1), "Variance of the first step's noise."),
    RecipeKey("beta_end", \.betaEnd, .in(0...1), "Variance of the last step's noise."),
    RecipeKey("trained_betas", \.trainedBetas, "Variances one by one."),
    RecipeKey("rescale_betas_zero_snr", \.rescalesToZeroSNR, "No signal at the last step."),
    RecipeKey("prediction_type", \.predictionType, "What the UNet tells."),
    RecipeKey("variance_type", \.varianceType, "The variance of the noise in drawing."),
    RecipeKey("clip_sample", \.clipSample, "Clip estimates of the image."),
    RecipeKey("clip_sample_range", \.clipSampleRange, .above(0), "To how much."),
    RecipeKey("thresholding", \.thresholding, .among(false), "Scale estimates of the image down."),
    RecipeKey("timestep_spacing", \.timestepSpacing, "Which time steps are taken."),
    RecipeKey("steps_offset", \.stepsOffset, .in(0...100_000), "Added to those."),
  ]

  /// The defaults of a class.
  init(_ scheduler: Class = .ddpm) {
    self.scheduler = scheduler
    switch scheduler {
    case .ddpm, .ddim: break
    case .dpm: (varianceType, timestepSpacing) = (nil, .linspace)
    case .heun:
      (betaStart, betaEnd, varianceType) = (0.00085, 0.012, nil)
      (clipSample, timestepSpacing) = (false, .linspace)
    }
  }

  /// What a file says; keys that are absent take the class's defaults.
  /// - Throws: `RecipeError` that names the key.
  init(_ file: ConfigurationFile, notes: inout [String]) throws(RecipeError) {
    let name = PipelineFolder.classKey
    guard let scheduler = try file.value(name, as: Class.self) else {
      throw file.error(name, "is missing, but must be \(Class.typeName)")
    }
    self.init(scheduler)
    try file.read(Self.keys, into: &self)
    var known = Set(Self.keys.map(\.path))
    // Without thresholding, nothing follows from the first two; the last is how it is done here.
    known.formUnion(["dynamic_thresholding_ratio", "sample_max_value", "set_alpha_to_one"])
    var others = file.names.filter {
      !$0.hasPrefix("_") && !known.contains($0) && !file.isOff($0)
    }
    if file.isOff("set_alpha_to_one") { others.append("set_alpha_to_one") }
    if stepsOffset != 0 && timestepSpacing != .leading { others.append("steps_offset") }
    if !others.isEmpty {
      notes.append("\(file.path): passing over \(others.joined(separator: ", "))")
    }
  }
}
