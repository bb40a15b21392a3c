import Compute
import Files
import Runs

/// A trainer's way through its steps, until all are done, a fault or an interrupt.
///
/// What follows a step, in this order: its evaluation, its record, its checkpoint and its preview. Whatever an
/// interrupt gives up of that, or a kill leaves undone after the checkpoint, is made up for when the training
/// goes on.
final class TrainingCourse<T: Trainer> {
  let trainer: T
  private(set) var state: TrainingState
  private let loop: TrainingLoop
  private let recorder: RunRecorder
  private let beginning: (step: Int, time: ContinuousClock.Instant)
  /// The evaluations before, where the state does not have them.
  private let logged: [String: EvaluationHistory]
  private var unusual: UnusualGradients
  /// Of the latest step.
  private var measurements: [Measurement] = []
  /// The latest, of whichever step.
  private var evaluation: [Measurement] = []
  /// By what the checkpoint of the latest step is compared, where it was evaluated.
  private var metric: Measurement?

  /// How long and how often; the steps change where a budget decides them.
  private(set) var options: LoopOptions
  private var pace: Pace?

  private var progress: Progress { loop.progress }
  private var step: Int { trainer.stepsDone }

  /// The way on from where a trainer is, with that state.
  /// - Throws: `FileError` when not even the log can be opened.
  init(
    _ loop: TrainingLoop, _ options: LoopOptions, _ trainer: T, _ state: TrainingState
  ) throws {
    (self.loop, self.options, self.trainer, self.state) = (loop, options, trainer, state)
    state.apply(to: trainer)
    // It goes on after all.
    self.state.end = nil
    // The record of a step is written at once, after its evaluation.
    recorder = try RunRecorder(
      loop.run, options, loop.progress,
      after: trainer.stepsDone - (state.unevaluated == nil ? 0 : 1), stepsDone: trainer.stepsDone)
    beginning = (trainer.stepsDone, ContinuousClock.now)
    unusual = UnusualGradients(prefixes: trainer.networks.map(\.prefix))
    pace = options.budget.map { budget in
      Pace(
        until: budget.seconds, at: loop.clock(), after: trainer.stepsDone, of: options.plan,
        expecting: [
          .evaluation: trainer.steps(forItems: trainer.itemsPerEvaluation),
          .preview: trainer.steps(forItems: trainer.itemsPerPreview(after: options.sampleEvery)),
        ], ending: loop.ending,
        cooldown: trainer.optimizers.map(\.options.schedule.cooldown).min() ?? 1)
    }
    logged =
      state.evaluations == nil
      ? try EvaluationHistory.all(loggedAt: loop.run.place / RunFolder.Name.metrics) : [:]
  }

  /// Trains from where the trainer is.
  /// - Throws: `NumericalFault`, `FileError`, and what the trainer throws.
  func callAsFunction() throws -> TrainingLoop.Outcome {
    defer {
      if let summary = unusual.summary { progress.say("\(summary)") }
    }
    apply(options.plan)
    guard try finishStep() else { return try stop() }
    while step < options.steps && state.end == nil {
      guard try doStep() else { return try stop() }
      decide()
    }
    progress.endLine()
    try recorder.finish(trainer, state)
    return state.outcome(after: step, options) ?? .finished
  }

  /// What may be given up when an interrupt comes; nil where it was.
  private func interruptible<Result>(_ body: () throws -> Result) rethrows -> Result? {
    try Abandonment.permitted(when: { loop.interrupt() != nil }, body)
  }

  private func apply(_ plan: StepPlan) {
    for optimizer in trainer.optimizers { optimizer.plan = plan }
  }

  /// Decides anew how many steps there are, where the budget asks for it. What cannot be written down is not decided.
  private func decide() {
    guard state.end == nil,
      let decision = pace?.decision(after: step, at: loop.clock(), options)
    else { return }
    var changed = options
    changed.adopt(options.plan.adding(decision))
    do { try loop.keepPlan(changed.plan) } catch {
      return progress.say(
        "the training goes on as it was planned, as keeping a decision failed: \(error)")
    }
    let falls = trainer.optimizers.contains { $0.options.schedule.kind != .constant }
    if falls && decision.falls && options.plan.decisions.last?.falls != true {
      progress.say(
        """
        step \(step): the learning rate falls from here to the end, after about \(decision.end) steps
        """)
    }
    options = changed
    apply(options.plan)
  }

  /// Takes in how long something took beside the steps.
  private func timed<Result>(
    _ part: Pace.Part, isUsual: Bool = true, _ body: () throws -> Result
  ) rethrows -> Result {
    guard pace != nil else { return try body() }
    let begin = loop.clock()
    let result = try body()
    pace?.add(loop.clock() - begin, for: part, isUsual: isUsual)
    return result
  }

  /// Writes a checkpoint, with the time that the training has taken so far.
  private func save(replacing isReplacing: Bool = false) throws {
    try timed(.checkpoint) {
      if pace != nil { state.seconds = loop.clock() }
      try recorder.save(trainer, state, metric, replacing: isReplacing)
    }
  }

  /// Saves the last whole step, from which a resume goes on, and ends the training.
  private func stop() throws -> TrainingLoop.Outcome {
    try save()
    progress.endLine()
    progress.say(
      """
      interrupted after step \(step) of \(options.steps), \(step - beginning.step) of them in the last \
      \(duration(seconds(.now - beginning.time)))
      """)
    try recorder.finish(trainer, state)
    return .interrupted(signal: loop.interrupt() ?? 0)
  }

  // MARK: - A step

  /// Does a step and what follows it.
  /// - Returns: Whether all of it was done; false where an interrupt came.
  private func doStep() throws -> Bool {
    try recorder.check()
    guard loop.interrupt() == nil, try train() else { return false }
    let isDue = step % options.logEvery == 0 || options.isLast(step)
    let news = try (isDue ? measurements : []) + respond()
    if isDue { try recorder.addTiming(step: step, itemsPerStep: trainer.itemsPerStep) }
    let isEvaluated = options.isEvaluated(after: step)
    if isEvaluated {
      state.unevaluated = news.map { Metric($0.name, $0.value) }
    } else if !news.isEmpty {
      try recorder.add(step: step, news)
    }
    show(isDue: isDue && !isEvaluated)
    return try finishStep()
  }

  /// A step of the trainer, which is as it was before where an interrupt came.
  private func train() throws -> Bool {
    // What a pass moves before the optimizer does, such as running statistics.
    for (_, network) in trainer.networks { network.buffers.keep() }
    guard let measurements = try interruptible(trainer.step) else {
      for (_, network) in trainer.networks { network.buffers.restore() }
      return false
    }
    (self.measurements, metric) = (measurements, nil)
    pace?.addStep()
    return true
  }

  /// Looks at what a step has measured.
  /// - Returns: What is to be logged of it beside that.
  private func respond() throws(NumericalFault) -> [Measurement] {
    try state.add(measurements, of: trainer)
    try respondToCollapse(trainer.variety(measurements))
    if let mean = trainer.overfitting(measurements).flatMap({ state.overfitting.add($0) }) {
      progress.say(
        """
        step \(step): the discriminator's logits of held-out images are \(fixed(mean, 2)) of the way to those of \
        generated ones: it overfits, and generated images may become copies
        """)
    }
    return trainer.optimizers.enumerated().flatMap { index, optimizer in
      let (outliers, said) = unusual.add(optimizer.takeUnusual(), ofNetwork: index, at: step)
      if let said { progress.say("\(said)") }
      return outliers
    }
  }

  /// Says when a generator begins to make one image, or ends such a training.
  /// - Throws: `NumericalFault`, where the recipe wants to go back.
  private func respondToCollapse(_ variety: Double?) throws(NumericalFault) {
    guard let collapse = variety.flatMap({ state.variety.add($0) }) else { return }
    switch options.onCollapse {
    case .warn:
      progress.say(
        """
        step \(step): \(collapse); an earlier checkpoint may be better, or a lower \
        optimizer.learning_rate
        """)
    case .rollBack:
      var fault = NumericalFault("\(collapse)")
      fault.stepsSinceSound = collapse.stepsSinceHighest
      fault.isCollapse = true
      throw fault
    }
  }

  private func show(isDue: Bool) {
    progress.show(
      step: step, of: options.steps, measurements + evaluation, items: trainer.itemsPerStep,
      named: T.itemName, isDue: isDue)
  }

  // MARK: - What follows a step

  /// Does what is still to be done after the latest step.
  /// - Returns: Whether all of it was done; false where an interrupt came.
  private func finishStep() throws -> Bool {
    let wasUnevaluated = state.unevaluated != nil
    if let news = state.unevaluated {
      guard try evaluate(news) else { return false }
    }
    // A checkpoint that an interrupt has made before its evaluation is made again.
    if step > beginning.step || wasUnevaluated {
      let isBest = metric != nil && state.evaluations?.isBest == true
      let isAgain = step == beginning.step
      if isAgain || isBest || options.isLast(step) || state.end != nil
        || recorder.isCheckpointDue(step: step)
      {
        try save(replacing: isAgain)
      }
      if metric != nil { sayIfOverfitting() }
    }
    guard options.hasPreview(after: step), !recorder.hasSample(ofStep: step) else { return true }
    // The first one may be a small one.
    let isUsual = step > 0 || trainer.itemsPerPreview(after: step) == 0
    guard
      let preview = timed(
        .preview, isUsual: isUsual, { interruptible { trainer.preview(tellsParts("preview")) } })
    else { return false }
    try recorder.add(preview, step: step, provenance: loop.provenance)
    return true
  }

  /// Evaluates after the latest step, and records it with the step's news.
  /// - Returns: Whether it was done; false where an interrupt came.
  private func evaluate(_ news: [Metric]) throws -> Bool {
    guard
      let evaluation = try timed(
        .evaluation, { try interruptible { try trainer.evaluate(tellsParts("evaluation")) } })
    else { return false }
    self.evaluation = evaluation
    // An evaluation has shapes of its own, whose memory a step has no use for.
    StoragePool.shared.trim()
    state.unevaluated = nil
    try state.check(evaluation)
    metric = evaluation.first
    if let metric { state.add(metric, at: step, logged: logged, options) }
    let record = news.map { Measurement($0.name, $0.value) } + evaluation
    if !record.isEmpty { try recorder.add(step: step, record) }
    show(isDue: true)
    return true
  }

  /// What says how much of something long is done.
  private func tellsParts(_ name: String) -> (_ done: Int, _ count: Int) -> Void {
    { [progress, step, options] done, count in
      progress.show(name, done, of: count, step: step, of: options.steps)
    }
  }

  private func sayIfOverfitting() {
    guard let history = state.evaluations, let best = history.best,
      history.evaluationsSinceBest == EvaluationHistory.longWait, let metric
    else { return }
    progress.say(
      """
      \(metric.name) has not fallen since step \(best.step), where it was \
      \(fixed(best.value, 3)): from there on the model overfits; that checkpoint is kept
      """)
  }
}
