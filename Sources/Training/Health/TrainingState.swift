import Files
import Runs

/// What a training carries from step to step beside its trainer's arrays; every checkpoint has it.
public struct TrainingState: Codable, Equatable, Sendable {
  /// The seed of all that is random.
  public let seed: UInt64
  /// The faults after which the training went back, the first one first.
  public internal(set) var faults: [Fault] = []
  var loss = LossMonitor()
  /// One for each optimizer.
  var gradients: [GradientMonitor] = []
  var variety = VarietyMonitor()
  var overfitting = OverfittingMonitor()
  /// How the evaluations have gone; nil before the first, and in what an earlier version has written,
  /// where the log tells it.
  var evaluations: EvaluationHistory?
  /// Why the training has ended before its last step; nil where it has not.
  var end: EarlyEnd?
  /// How many seconds the training has taken; nil without a budget.
  public var seconds: Double?
  /// What is to be logged of the latest step beside its evaluation, which is still to be made; nil where none is.
  var unevaluated: [Metric]?

  /// The end of a training before its last step, with what the recipe said then.
  struct EarlyEnd: Codable, Equatable, Sendable {
    /// The step after which nothing was better.
    let bestStep: Int
    /// For how many evaluations.
    let patience: Int
    /// The steps that there should have been.
    let steps: Int
  }

  /// A fault, and what was done.
  public struct Fault: Codable, Equatable, Sendable {
    /// How many steps had been done.
    public let step: Int
    /// What was seen.
    public let finding: String
    /// The step that the training went back to.
    public let wentBackTo: Int
  }

  /// The state of a training that begins.
  public init(seed: UInt64) { self.seed = seed }

  /// What the recipe's rates are multiplied by: each fault halves them.
  public var rateFactor: Double { faults.reduce(1) { factor, _ in factor / 2 } }

  private enum CodingKeys: String, CodingKey {
    case seed, faults, loss, gradients, variety, overfitting
    case evaluations = "course"
    case end, unevaluated, seconds
  }

  /// Reads the state of a checkpoint; one from elsewhere has only the seed.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    seed = try values.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
    faults = try values.decodeIfPresent([Fault].self, forKey: .faults) ?? []
    loss = try values.decodeIfPresent(LossMonitor.self, forKey: .loss) ?? LossMonitor()
    gradients = try values.decodeIfPresent([GradientMonitor].self, forKey: .gradients) ?? []
    variety =
      try values.decodeIfPresent(VarietyMonitor.self, forKey: .variety) ?? VarietyMonitor()
    overfitting =
      try values.decodeIfPresent(OverfittingMonitor.self, forKey: .overfitting)
      ?? OverfittingMonitor()
    evaluations = try values.decodeIfPresent(EvaluationHistory.self, forKey: .evaluations)
    end = try values.decodeIfPresent(EarlyEnd.self, forKey: .end)
    seconds = try values.decodeIfPresent(Double.self, forKey: .seconds)
    unevaluated = try values.decodeIfPresent([Metric].self, forKey: .unevaluated)
  }
}

extension TrainingState {
  /// Takes in an evaluation, and ends the training where there has been no new best for as many of them
  /// as the recipe waits; after the last step it ends anyway.
  /// - Parameter logged: the evaluations before, where the state does not have them.
  mutating func add(
    _ evaluation: Measurement, at step: Int, logged: [String: EvaluationHistory],
    _ options: LoopOptions
  ) {
    var evaluations = evaluations ?? logged[evaluation.name] ?? EvaluationHistory()
    evaluations.add(evaluation.value, at: step)
    self.evaluations = evaluations
    guard let patience = options.patience, let best = evaluations.best, !options.isLast(step),
      evaluations.evaluationsSinceBest >= patience
    else { return }
    end = EarlyEnd(bestStep: best.step, patience: patience, steps: options.steps)
  }

  /// How a training has ended that has this state after `step` steps; nil where it is to go on: more
  /// steps than there should have been, or more patience, take back an early end.
  func outcome(after step: Int, _ options: LoopOptions) -> TrainingLoop.Outcome? {
    if step >= options.steps { return .finished }
    guard let end, options.steps <= end.steps, let patience = options.patience,
      patience <= end.patience
    else { return nil }
    return .outOfPatience(bestStep: end.bestStep)
  }

  /// Hands the state on to a trainer that goes on from here.
  func apply(to trainer: some Trainer) {
    for (index, optimizer) in trainer.optimizers.enumerated() {
      optimizer.rateFactor = rateFactor
      if gradients.indices.contains(index) { optimizer.monitor = gradients[index] }
    }
  }

  /// Takes in a step.
  /// - Throws: `NumericalFault` where a measurement is not finite, or the loss has diverged.
  mutating func add(
    _ measurements: [Measurement], of trainer: some Trainer
  ) throws(NumericalFault) {
    gradients = trainer.optimizers.map(\.monitor)
    try check(measurements)
    let start = type(of: trainer).startingLoss
    guard let overall = trainer.overallLoss(measurements), loss.add(overall, start: start)
    else { return }
    var fault = NumericalFault(
      "the loss has been above \(brief(loss.limit(start: start))), far beyond that of the first "
        + "steps, for \(LossMonitor.longest) steps")
    fault.stepsSinceSound = LossMonitor.longest
    throw fault
  }

  /// Makes sure that measurements are numbers.
  /// - Throws: `NumericalFault` where one is not finite.
  func check(_ measurements: [Measurement]) throws(NumericalFault) {
    guard let odd = measurements.first(where: { !$0.value.isFinite }) else { return }
    throw NumericalFault("\(odd.name) is \(brief(Double(odd.value)))")
  }
}

extension RunFolder {
  /// How the training has ended, and with which checkpoint; nil where it goes on with these options. The
  /// run must be locked.
  /// - Throws: `FileError` when the newest checkpoint cannot be read.
  public func ending(
    under options: LoopOptions
  ) throws(FileError) -> (checkpoint: Checkpoint, outcome: TrainingLoop.Outcome)? {
    guard let checkpoint = checkpoints.latestVerified().checkpoint,
      checkpoint.step <= options.steps,
      let outcome = outcome(
        try checkpoint.state(as: TrainingState.self), after: checkpoint.step, options)
    else { return nil }
    return (checkpoint, outcome)
  }

  /// How a training has ended that has this state after `step` steps; nil where it is to go on, if only to evaluate, or
  /// to draw a preview that is missing beside others.
  func outcome(
    _ state: TrainingState, after step: Int, _ options: LoopOptions
  ) -> TrainingLoop.Outcome? {
    let drawn = samples.map(\.step)
    let lacksPreview =
      options.hasPreview(after: step) && !drawn.isEmpty && !drawn.contains(step)
    return state.unevaluated != nil || lacksPreview ? nil : state.outcome(after: step, options)
  }
}
