extension SchedulerFile {
  /// The scheduler with which diffusers samples from a run of that recipe.
  init(_ recipe: DiffusionRecipe) {
    self.init()
    trainTimesteps = recipe.schedule.steps
    betaSchedule = BetaSchedule(recipe.schedule.kind)
    (betaStart, betaEnd) = (recipe.schedule.betaStart, recipe.schedule.betaEnd)
    rescalesToZeroSNR = recipe.schedule.hasZeroSNR
    predictionType = PredictionType(recipe.target)
    let options = recipe.sampler(.ddpm, steps: 1)
    varianceType = options.variance == .large ? .fixedLarge : .fixedSmall
    (clipSample, clipSampleRange) = (options.clipRange != nil, options.clipRange ?? 1)
    timestepSpacing = Spacing(options.spacing)
    stepsOffset = options.spacing == .leading ? options.stepsOffset : 0
  }

  /// Puts what the file says into a recipe.
  func apply(to recipe: inout DiffusionRecipe) {
    recipe.schedule.kind = betaSchedule.kind
    recipe.schedule.steps = trainTimesteps
    (recipe.schedule.betaStart, recipe.schedule.betaEnd) = (betaStart, betaEnd)
    recipe.schedule.hasZeroSNR = rescalesToZeroSNR
    recipe.target = predictionType.target
    recipe.preview.steps = min(recipe.preview.steps, trainTimesteps)
    // What a file leaves out, its class decides, which begins elsewhere than this program does.
    let spacing = timestepSpacing.spacing
    recipe.preview.spacing = spacing == .trailing ? nil : spacing
    recipe.preview.stepsOffset = spacing == .leading ? stepsOffset : 0
    // The others clip nothing.
    guard scheduler == .ddpm || scheduler == .ddim else { return }
    recipe.preview.variance = varianceType == .fixedLarge ? .large : .small
    recipe.preview.clip = clipSample ? clipSampleRange : nil
  }
}

extension SchedulerFile.Spacing {
  init(_ spacing: TimestepSpacing) {
    switch spacing {
    case .leading: self = .leading
    // diffusers has no quadratic one.
    case .trailing, .quadratic: self = .trailing
    case .linspace: self = .linspace
    }
  }

  var spacing: TimestepSpacing {
    switch self {
    case .leading: .leading
    case .trailing: .trailing
    case .linspace: .linspace
    }
  }
}

extension SchedulerFile.BetaSchedule {
  init(_ kind: NoiseScheduleKind) {
    switch kind {
    case .linear: self = .linear
    case .cosine: self = .cosine
    case .sigmoid: self = .sigmoid
    case .scaledLinear: self = .scaledLinear
    }
  }

  var kind: NoiseScheduleKind {
    switch self {
    case .linear: .linear
    case .cosine: .cosine
    case .sigmoid: .sigmoid
    case .scaledLinear: .scaledLinear
    }
  }
}

extension SchedulerFile.PredictionType {
  init(_ target: PredictionTarget) {
    switch target {
    case .epsilon: self = .epsilon
    case .sample: self = .sample
    case .velocity: self = .velocity
    }
  }

  var target: PredictionTarget {
    switch self {
    case .epsilon: .epsilon
    case .sample: .sample
    case .velocity: .velocity
    }
  }
}
