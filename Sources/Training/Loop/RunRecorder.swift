import Compute
import Files
import Images
import Runs

/// What a training writes to its run.
///
/// A failure to write does not end the training: it is said once, what was saved before is kept, and
/// the next time that something is due it is tried again. Only what is still missing at the end is an
/// error. A run that is lost ends it at once: there is nothing left to write to.
final class RunRecorder {
  private let run: RunFolder
  private let options: LoopOptions
  private let progress: Progress
  private let records: RunRecords
  private let clock = ContinuousClock()
  private let beginning: ContinuousClock.Instant
  private var lastTiming: (step: Int, time: ContinuousClock.Instant)
  private var lastSave: ContinuousClock.Instant
  private var failures: [Part: FileError] = [:]
  /// The measurement that the latest checkpoint has, or should have.
  private var measurement: Measurement?
  private var hasSaved = false
  /// Where the run was last.
  private var path: String

  private enum Part: String {
    case metrics = "writing the metrics"
    case checkpoint = "saving a checkpoint"
    case pruning = "removing old checkpoints"
  }

  /// A recorder of a training that goes on after `stepsDone` steps, of which the records have `step`.
  /// - Throws: `FileError` when not even the log can be opened.
  init(
    _ run: RunFolder, _ options: LoopOptions, _ progress: Progress, after step: Int, stepsDone: Int
  ) throws {
    (self.run, self.options, self.progress) = (run, options, progress)
    path = run.path
    records = try RunRecords(run, after: step, say: progress.say)
    beginning = clock.now
    lastSave = beginning
    lastTiming = (stepsDone, beginning)
  }

  /// Makes sure that there is still a run to write to.
  /// - Throws: `FileError`, lost.
  func check() throws(FileError) { try run.check() }

  /// Adds what was measured at a step.
  /// - Throws: `FileError`, lost.
  func add(step: Int, _ measurements: [Measurement]) throws {
    try records.add(step: step, measurements)
  }

  /// Adds how long the training took up to a step, of so many items each.
  /// - Throws: `FileError`, lost.
  func addTiming(step: Int, itemsPerStep: Int) throws {
    let now = clock.now
    let items = Double((step - lastTiming.step) * itemsPerStep)
    // The clock has been seen to stand still.
    let passed = max(seconds(now - lastTiming.time), 1e-9)
    try records.addTiming(
      step: step, seconds: seconds(now - beginning), itemsPerSecond: items / passed)
    lastTiming = (step, now)
  }

  /// Adds a preview, and shows it where there is a terminal.
  func add(
    _ preview: Preview?, step: Int, provenance: (_ step: Int) -> [(key: String, value: String)]
  ) throws {
    switch preview {
    case .images(let images, let columns):
      let grid = ImageGrid(columns: columns).image(of: images)
      try records.add(step: step, grid, text: provenance(step))
      progress.show(images, columns: columns)
    case .text(let text):
      try records.add(step: step, text)
      if progress.isLive { progress.say("\(lines: Self.shortened(text))") }
    case nil: break
    }
  }

  /// Whether the preview after `step` steps is there.
  func hasSample(ofStep step: Int) -> Bool { run.samples.contains { $0.step == step } }

  /// Whether the steps or the minutes ask for a checkpoint after `step` steps.
  func isCheckpointDue(step: Int) -> Bool {
    if step % options.checkpointEvery == 0 || step == options.sparedStep { return true }
    guard let minutes = options.checkpointMinutes else { return false }
    return seconds(clock.now - lastSave) >= 60 * minutes
  }

  /// Writes a checkpoint, then lets `best` follow, then removes the oldest.
  /// - Parameter isReplacing: Whether one of the same step, made before its evaluation, is replaced.
  func save(
    _ trainer: some Trainer, _ state: TrainingState, _ measurement: Measurement?,
    replacing isReplacing: Bool = false
  ) throws {
    lastSave = clock.now
    try sayWhereItIs()
    self.measurement = measurement
    hasSaved = true
    try attempt(.metrics) { try records.sync() }
    var written: Checkpoint?
    try attempt(.checkpoint) {
      let checkpoint = try run.checkpoints.write(
        step: trainer.stepsDone, files: trainer.checkpointFiles(),
        metric: measurement.map { Metric($0.name, $0.value, noise: $0.noise) }, state: state,
        replacing: isReplacing)
      try run.updateBest(upTo: checkpoint)
      written = checkpoint
    }
    guard let written else { return }
    try attempt(.pruning) {
      try run.prune(after: written, keeping: options.keep, sparing: options.sparedStep)
    }
  }

  /// Makes sure that nothing is missing at the end: a save that has failed is tried once more, and where
  /// no step was left to do, what a kill has cut short of the last save is completed.
  /// - Throws: the `FileError` that keeps the last checkpoint, or the last metrics, from being there.
  func finish(_ trainer: some Trainer, _ state: TrainingState) throws {
    if !failures.isEmpty || !hasSaved { try save(trainer, state, measurement) }
    // The last preview comes after the last save.
    try attempt(.metrics) { try records.sync() }
    try run.check()
    if let error = failures[.checkpoint] {
      let kept =
        run.checkpoints.steps.last.map { "that of step \($0) is the last" } ?? "there is none"
      throw FileError(error.kind, error.path, "\(error.message): a checkpoint is missing, \(kept)")
    }
    if let error = failures[.metrics] { throw error }
  }

  /// Says so when the run has been given another name.
  /// - Throws: `FileError`, lost.
  private func sayWhereItIs() throws(FileError) {
    try run.check()
    let now = run.path
    guard now != path else { return }
    progress.say("\(path) is now \(now), where the training continues")
    path = now
  }

  /// Does something for which the file system must be fit, or says that it is not.
  /// - Throws: `FileError`, lost; what `body` throws that is no `FileError`.
  private func attempt(_ part: Part, _ body: () throws -> Void) throws {
    do {
      try body()
      if failures.removeValue(forKey: part) != nil { progress.say("\(part.rawValue) works again") }
    } catch let error as FileError {
      if error.kind == .lost { throw error }
      guard failures.updateValue(error, forKey: part) == nil else { return }
      progress.say(
        "\(part.rawValue) failed: \(error). The training continues, and tries again when it is due next"
      )
    }
  }

  /// The first lines of a text, for a terminal.
  private static func shortened(_ text: String) -> String {
    let shown = lines(of: text).filter { !$0.isEmpty }.prefix(4)
    return shown.map { "  | \($0.prefix(96))" }.joined(separator: "\n")
  }
}
