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
      if isEvaluated { evaluation = try trainer.evaluate() }
      guard (measurements + evaluation).allSatisfy(\.value.isFinite) else {
        throw Diverged(step: step, measurements: measurements + evaluation)
      }
      let isDue = step % options.logEvery == 0
      let logged = (isDue ? measurements : []) + (isEvaluated ? evaluation : [])
      if !logged.isEmpty { try metrics.append(step: step, logged.map { ($0.name, $0.value) }) }
      progress.show(
        step: step, of: options.steps, measurements + evaluation, items: trainer.itemsPerStep,
        named: type(of: trainer).itemName, isDue: isDue || isEvaluated)
      if step % options.sampleEvery == 0 || isLast { try writePreview(of: trainer) }
      if step % options.checkpointEvery == 0 || isLast {
        try save(trainer, metrics, isEvaluated ? evaluation.first : nil)
      }
    }
    progress.endLine()
    return .finished
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
