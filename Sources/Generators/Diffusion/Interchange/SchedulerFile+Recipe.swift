extension SchedulerFile {
  /// The scheduler with which diffusers draws from a run of that recipe.
  init(_ recipe: DiffusionRecipe) {
    self.init()
    trainTimesteps = recipe.schedule.steps
    betaSchedule = BetaSchedule(recipe.schedule.kind)
    (betaStart, betaEnd) = (recipe.schedule.betaStart, recipe.schedule.betaEnd)
    rescalesToZeroSNR = recipe.schedule.hasZeroSNR
    predictionType = PredictionType(recipe.target)
    // With no signal at the last step, that step must be among those taken.
    if rescalesToZeroSNR { timestepSpacing = .trailing }
  }

  /// The noise of the time steps.
  var schedule: DiffusionRecipe.Schedule {
    var schedule = DiffusionRecipe.Schedule()
    schedule.kind = betaSchedule.kind
    schedule.steps = trainTimesteps
    (schedule.betaStart, schedule.betaEnd) = (betaStart, betaEnd)
    schedule.hasZeroSNR = rescalesToZeroSNR
    return schedule
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
