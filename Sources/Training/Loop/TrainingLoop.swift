import Compute

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

  /// Trains until all steps are done or a signal comes; either way a checkpoint of the last step is
  /// there at the end, or an error says why not.
  /// - Throws: `Diverged`, `FileError`, and what the trainer throws.
  public func callAsFunction(_ trainer: some Trainer) throws -> Outcome {
    let recorder = try RunRecorder(run, options, progress, after: trainer.stepsDone)
    let beginning = (step: trainer.stepsDone, time: ContinuousClock.now)
    func writePreview() throws {
      try recorder.add(trainer.preview(), step: trainer.stepsDone, provenance: provenance)
    }
    var evaluation: [Measurement] = []
    let logged = try MetricsLog.records(path: run.metricsPath)
    var course: EvaluationCourse?
    if trainer.stepsDone == 0 { try writePreview() }
    while trainer.stepsDone < options.steps {
      if let signal = Interrupts.request {
        try recorder.save(trainer, nil)
        progress.endLine()
        progress.say(
          "interrupted after step \(trainer.stepsDone) of \(options.steps), "
            + "\(trainer.stepsDone - beginning.step) of them in the last "
            + duration(seconds(.now - beginning.time)))
        try recorder.finish(trainer)
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
      guard (measurements + evaluation).allSatisfy(\.value.isFinite) else {
        throw Diverged(step: step, measurements: measurements + evaluation)
      }
      if isEvaluated, let first = evaluation.first {
        course = course ?? EvaluationCourse(logged, of: first.name)
        course?.add(first.value, at: step)
      }
      let isDue = step % options.logEvery == 0
      let news = (isDue ? measurements : []) + (isEvaluated ? evaluation : [])
      if !news.isEmpty { recorder.add(step: step, news) }
      progress.show(
        step: step, of: options.steps, measurements + evaluation, items: trainer.itemsPerStep,
        named: type(of: trainer).itemName, isDue: isDue || isEvaluated)
      if step % options.sampleEvery == 0 || isLast { try writePreview() }
      let isBest = isEvaluated && course?.isBest == true
      let patienceEnds = isEvaluated && hasEnded(course)
      if isLast || isBest || patienceEnds || recorder.isCheckpointDue(step: step) {
        try recorder.save(trainer, isEvaluated ? evaluation.first : nil)
      }
      if isEvaluated, let course, let best = course.best {
        if course.evaluationsSinceBest == EvaluationCourse.longWait {
          progress.say(
            "\(evaluation[0].name) has not fallen since step \(best.step), where it was "
              + "\(fixed(best.value, 3)): from there on the model learns by heart")
        }
        if patienceEnds {
          progress.endLine()
          try recorder.finish(trainer)
          return .outOfPatience(bestStep: best.step)
        }
      }
    }
    progress.endLine()
    try recorder.finish(trainer)
    return .finished
  }

  /// Whether there has been no new best for as many evaluations as the recipe waits.
  private func hasEnded(_ course: EvaluationCourse?) -> Bool {
    guard let patience = options.patience, let course else { return false }
    return course.evaluationsSinceBest >= patience
  }
}

/// A training whose numbers are not finite any more.
public struct Diverged: Error, CustomStringConvertible {
  /// The step at which it was seen.
  public let step: Int
  let measurements: [Measurement]

  /// What was not finite, and what to try.
  public var description: String {
    let names = measurements.filter { !$0.value.isFinite }.map { "\($0.name) is \($0.value)" }
    return "the training diverged at step \(step): \(names.joined(separator: ", ")). "
      + "Try a lower rate, such as --set optimizer.learning_rate=0.0001; "
      + "the checkpoints before it are kept"
  }
}
