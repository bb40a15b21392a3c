import Compute
import Images

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
  /// there at the end.
  /// - Throws: `Diverged`, `FileError`, and what the trainer throws.
  public func callAsFunction(_ trainer: some Trainer) throws -> Outcome {
    let metrics = try run.metrics(after: trainer.stepsDone)
    var evaluation: [Measurement] = []
    let logged = try MetricsLog.records(path: run.metricsPath)
    var course: EvaluationCourse?
    if trainer.stepsDone == 0 { try writePreview(of: trainer) }
    while trainer.stepsDone < options.steps {
      if let signal = Interrupts.request {
        try save(trainer, metrics, nil)
        progress.endLine()
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
      if !news.isEmpty { try metrics.append(step: step, news.map { ($0.name, $0.value) }) }
      progress.show(
        step: step, of: options.steps, measurements + evaluation, items: trainer.itemsPerStep,
        named: type(of: trainer).itemName, isDue: isDue || isEvaluated)
      if step % options.sampleEvery == 0 || isLast { try writePreview(of: trainer) }
      let isBest = isEvaluated && course?.isBest == true
      let patienceEnds = isEvaluated && hasEnded(course)
      if step % options.checkpointEvery == 0 || isLast || isBest || patienceEnds {
        try save(trainer, metrics, isEvaluated ? evaluation.first : nil)
      }
      if isEvaluated, let course, let best = course.best {
        if course.evaluationsSinceBest == EvaluationCourse.longWait {
          progress.say(
            "\(evaluation[0].name) has not fallen since step \(best.step), where it was "
              + "\(fixed(best.value, 3)): from there on the model learns by heart")
        }
        if patienceEnds {
          progress.endLine()
          return .outOfPatience(bestStep: best.step)
        }
      }
    }
    progress.endLine()
    return .finished
  }

  /// Whether there has been no new best for as many evaluations as the recipe waits.
  private func hasEnded(_ course: EvaluationCourse?) -> Bool {
    guard let patience = options.patience, let course else { return false }
    return course.evaluationsSinceBest >= patience
  }

  private func save(
    _ trainer: some Trainer, _ metrics: MetricsLog, _ measurement: Measurement?
  ) throws {
    try metrics.sync()
    let checkpoint = try run.checkpoints.write(
      step: trainer.stepsDone, files: trainer.checkpointFiles(),
      metric: measurement.map { Metric($0.name, $0.value) }, state: ["seed": options.seed])
    try run.updateBest(upTo: checkpoint)
    try run.prune(after: checkpoint, keeping: options.keep)
  }

  /// The first lines of a text, for a terminal.
  private static func shortened(_ text: String) -> String {
    let lines = text.split(separator: "\n").prefix(4)
    return lines.map { "  | \($0.prefix(96))" }.joined(separator: "\n")
  }

  private func writePreview(of trainer: some Trainer) throws {
    let step = trainer.stepsDone
    switch trainer.preview() {
    case .image(let image):
      let bytes = try image.pngData(text: provenance(step))
      try run.writeSample(step: step, suffix: "png", bytes)
      if progress.showsPictures {
        progress.say(TerminalPicture.text(of: image, columns: progress.columns))
      }
    case .text(let text):
      try run.writeSample(step: step, suffix: "txt", Array(text.utf8))
      if progress.isLive { progress.say(Self.shortened(text)) }
    case nil: break
    }
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
