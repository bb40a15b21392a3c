import Compute
import Files
import Runs

/// Drives a trainer through its steps: metrics, previews, checkpoints, and an orderly end.
public struct TrainingLoop {
  /// The run that it writes to.
  public let run: RunFolder
  /// How long and how often.
  public let options: LoopOptions
  /// Where it says how far it is.
  public let progress: Progress
  /// The text chunks of a preview's file, at a step.
  public let provenance: (_ step: Int) -> [(key: String, value: String)]

  /// How a training ended.
  public enum Outcome: Equatable, Sendable {
    /// All steps are done.
    case finished
    /// A signal came; a checkpoint has been written.
    case interrupted(signal: Int32)
    /// The evaluations have not been better than after that step for as many times as the recipe waits.
    case outOfPatience(bestStep: Int)

    /// Whether it is to go on later.
    public var isInterrupted: Bool {
      if case .interrupted = self { true } else { false }
    }
  }

  /// A loop for a run.
  public init(
    run: RunFolder, options: LoopOptions, progress: Progress,
    provenance: @escaping (_ step: Int) -> [(key: String, value: String)]
  ) {
    self.run = run
    self.options = options
    self.progress = progress
    self.provenance = provenance
  }

  /// Trains until all steps are done, nothing gets better, or a signal comes; each way a checkpoint of the
  /// last step is there at the end, or an error says why not. A training that has ended already, and
  /// would with these options, stays as it is.
  ///
  /// After a fault, the training goes on from the last checkpoint before it with half the rate, as a
  /// resume would.
  /// - Parameters:
  ///   - make: Makes a trainer that has done no step; called again after a fault.
  ///   - checkpoint: What to go on from; nil for the beginning.
  /// - Throws: `Diverged`, `FileError`, and what the trainer throws.
  public func callAsFunction<T: Trainer>(
    _ make: @autoclosure () throws -> T, from checkpoint: Checkpoint? = nil
  ) throws -> Outcome {
    var trainer = try make()
    var state = TrainingState(seed: options.seed)
    if let checkpoint {
      try trainer.restore(checkpoint)
      state = try checkpoint.state()
      if let outcome = state.outcome(after: checkpoint.step, options) {
        try run.settle(checkpoint, keeping: options.keep, sparing: options.sparedStep)
        return outcome
      }
    }
    while true {
      do { return try train(trainer, &state) } catch let fault as NumericalFault {
        (trainer, state) = try recover(from: fault, of: trainer, state, make)
      }
    }
  }

  private func train(_ trainer: some Trainer, _ state: inout TrainingState) throws -> Outcome {
    state.apply(to: trainer)
    // It goes on after all.
    state.end = nil
    let recorder = try RunRecorder(run, options, progress, after: trainer.stepsDone)
    let beginning = (step: trainer.stepsDone, time: ContinuousClock.now)
    func writePreview() throws {
      try recorder.add(trainer.preview(), step: trainer.stepsDone, provenance: provenance)
    }
    var evaluation: [Measurement] = []
    var unusual = UnusualGradients(prefixes: trainer.networks.map(\.prefix))
    defer {
      if let summary = unusual.summary { progress.say("\(summary)") }
    }
    let logged =
      state.evaluations == nil
      ? try EvaluationHistory.all(loggedAt: run.place / RunFolder.Name.metrics) : [:]
    if trainer.stepsDone == 0 { try writePreview() }
    while trainer.stepsDone < options.steps {
      try recorder.check()
      if let signal = Interrupts.request {
        try recorder.save(trainer, state, nil)
        progress.endLine()
        progress.say(
          """
          interrupted after step \(trainer.stepsDone) of \(options.steps), \
          \(trainer.stepsDone - beginning.step) of them in the last \
          \(duration(seconds(.now - beginning.time)))
          """)
        try recorder.finish(trainer, state)
        return .interrupted(signal: signal)
      }
      let measurements = try trainer.step()
      let step = trainer.stepsDone
      let isLast = step == options.steps
      let isEvaluated = options.evaluateEvery.map { step % $0 == 0 || isLast } ?? false
      if isEvaluated {
        evaluation = try trainer.evaluate()
        // An evaluation has shapes of its own, whose memory a step has no use for.
        StoragePool.shared.trim()
      }
      try state.add(measurements, evaluation, of: trainer)
      if isEvaluated, let first = evaluation.first {
        state.add(first, at: step, logged: logged, options)
      }
      try respondToCollapse(trainer.variety(measurements), at: step, &state)
      if let mean = trainer.overfitting(measurements).flatMap({ state.overfitting.add($0) }) {
        progress.say(
          """
          step \(step): the discriminator's logits of held-out images are \(fixed(mean, 2)) of the way to those of \
          generated ones: it overfits, and generated images may become copies
          """)
      }
      let isDue = step % options.logEvery == 0
      let outliers = takeOutliers(of: trainer, &unusual)
      let news = (isDue ? measurements : []) + (isEvaluated ? evaluation : []) + outliers
      if !news.isEmpty { try recorder.add(step: step, news) }
      progress.show(
        step: step, of: options.steps, measurements + evaluation, items: trainer.itemsPerStep,
        named: type(of: trainer).itemName, isDue: isDue || isEvaluated)
      if step % options.sampleEvery == 0 || isLast { try writePreview() }
      let isBest = isEvaluated && state.evaluations?.isBest == true
      if isLast || isBest || state.end != nil || recorder.isCheckpointDue(step: step) {
        try recorder.save(trainer, state, isEvaluated ? evaluation.first : nil)
      }
      if isEvaluated, let history = state.evaluations, let best = history.best {
        if history.evaluationsSinceBest == EvaluationHistory.longWait {
          progress.say(
            """
            \(evaluation[0].name) has not fallen since step \(best.step), where it was \
            \(fixed(best.value, 3)): from there on the model overfits; that checkpoint is kept
            """)
        }
      }
      if state.end != nil { break }
    }
    progress.endLine()
    try recorder.finish(trainer, state)
    return state.outcome(after: trainer.stepsDone, options) ?? .finished
  }

  /// Says when a generator begins to make one image, or ends such a training.
  /// - Throws: `NumericalFault`, where the recipe wants to go back.
  private func respondToCollapse(
    _ variety: Double?, at step: Int, _ state: inout TrainingState
  ) throws(NumericalFault) {
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
      throw fault
    }
  }

  /// The gradients' norms of the latest step that lie far above those before, of which the first is said.
  private func takeOutliers(
    of trainer: some Trainer, _ unusual: inout UnusualGradients
  ) -> [Measurement] {
    trainer.optimizers.enumerated().flatMap { index, optimizer in
      let (logged, said) = unusual.add(
        optimizer.takeUnusual(), ofNetwork: index, at: trainer.stepsDone)
      if let said { progress.say("\(said)") }
      return logged
    }
  }
}
