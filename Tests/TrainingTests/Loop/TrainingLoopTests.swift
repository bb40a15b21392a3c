import TestSupport
import Testing

import class Foundation.FileManager

@testable import Files
@testable import Runs
@testable import Training

struct TrainingLoopTests {
  /// A trainer whose loss is its step's number, and whose evaluation is best in the middle.
  private final class Counter: Trainer {
    static let itemName = "numbers"
    let itemsPerStep = 1
    let networks: [(prefix: String, network: any TrainedNetwork)] = []
    var stepsDone = 0
    var evaluated: [Int] = []

    func step() -> [Measurement] {
      stepsDone += 1
      return [Measurement("loss", label: "loss", Double(stepsDone))]
    }

    func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) -> [Measurement] {
      evaluated.append(stepsDone)
      return [
        Measurement("validation_loss", label: "validation", Double(abs(stepsDone - 4))),
        Measurement("other", label: "other", 1),
      ]
    }

    func checkpointFiles() -> [CheckpointStore.File] { [] }
    func adoptWeights(of checkpoint: Checkpoint) {}
    func restore(_ checkpoint: Checkpoint) { stepsDone = checkpoint.step }
    func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? { .text("\(stepsDone)") }
  }

  private func run(_ counter: Counter, evaluateEvery: Int?) throws {
    let folder = TemporaryFolder(inMemory: true)
    let run = try RunFolder.create(in: folder("runs"), recipe: "counter")
    try run.writeRecipe("kind: counter\n")
    var options = LoopOptions(steps: 9, sampleEvery: 100, checkpointEvery: 2)
    options.logEvery = 3
    options.evaluateEvery = evaluateEvery
    let loop = TrainingLoop(run: run, options: options, progress: Progress()) { _ in [] }
    #expect(try loop(counter) == .finished)
    let records = try MetricsLog.records(path: run.metricsPath)
    let losses = records.compactMap { record in record.values["loss"].map { (record.step, $0) } }
    #expect(losses.map(\.0) == [3, 6, 9] && losses.map(\.1) == [3, 6, 9])
    #expect(records.filter { $0.values["other"] != nil }.map(\.step) == counter.evaluated)
    #expect(run.checkpoints.steps == (evaluateEvery == nil ? [8, 9] : [4, 8, 9]))
    #expect(run.bestStep == (evaluateEvery == nil ? nil : 4))
    if evaluateEvery != nil {
      #expect(RunSummary(run).metric == Metric("validation_loss", 0))
    }
    withExtendedLifetime(folder) {}
  }

  @Test func evaluationsAreLoggedAndTheBestCheckpointIsKept() throws {
    let counter = Counter()
    try run(counter, evaluateEvery: 4)
    #expect(counter.evaluated == [4, 8, 9])
  }

  @Test func withoutEvaluationNoneIsBest() throws {
    let counter = Counter()
    try run(counter, evaluateEvery: nil)
    #expect(counter.evaluated.isEmpty)
  }

  @Test func theClockAsksForCheckpointsAndChangesNothingElse() throws {
    var logs: [[UInt8]] = []
    for minutes in [nil, 1e-9, 1e308] {
      let folder = TemporaryFolder(inMemory: true)
      let run = try RunFolder.create(in: folder("runs"), recipe: "counter")
      try run.writeRecipe("kind: counter\n")
      var options = LoopOptions(steps: 9, sampleEvery: 100, checkpointEvery: 100)
      options.logEvery = 1
      options.checkpointMinutes = minutes
      let loop = TrainingLoop(run: run, options: options, progress: Progress(to: { _ in })) { _ in
        []
      }
      #expect(try loop(Counter()) == .finished)
      #expect(run.checkpoints.steps == (minutes == 1e-9 ? [8, 9] : [9]))
      logs.append(try bytes(of: run.metricsPath))
    }
    #expect(Set(logs).count == 1)
    #expect(fixed(9.9e14, 4) == "\(9.9e14)" && fixed(1234.5678, 3) == "1234.568")
  }

  @Test func patienceEndsATraining() throws {
    let folder = TemporaryFolder(inMemory: true)
    let run = try RunFolder.create(in: folder("runs"), recipe: "counter")
    try run.writeRecipe("kind: counter\n")
    var options = LoopOptions(steps: 20, sampleEvery: 100, checkpointEvery: 100)
    options.evaluateEvery = 1
    options.patience = 3
    var stopped = options
    stopped.steps = 5
    func train(_ counter: Counter, _ options: LoopOptions) throws -> TrainingLoop.Outcome {
      try TrainingLoop(run: run, options: options, progress: Progress()) { _ in [] }(counter)
    }
    let counter = Counter()
    #expect(try train(counter, stopped) == .finished)
    // What was evaluated before a stop counts.
    #expect(try train(counter, options) == .outOfPatience(bestStep: 4))
    #expect(counter.stepsDone == 7 && run.bestStep == 4)
    #expect(run.checkpoints.steps.contains(7))
    withExtendedLifetime(folder) {}
  }

  /// A run that patience may end, best after its fourth step.
  private struct PatientTraining {
    let folder: TemporaryFolder
    let run: RunFolder
    var options = LoopOptions(steps: 20, sampleEvery: 5, checkpointEvery: 100, evaluateEvery: 1)

    init() throws {
      folder = TemporaryFolder(inMemory: true)
      run = try RunFolder.create(in: folder("runs"), recipe: "counter", name: "counter")
      try run.writeRecipe("kind: counter\n")
      (options.patience, options.logEvery) = (3, 1)
    }

    func callAsFunction(isNew: Bool = false) throws -> TrainingLoop.Outcome {
      let checkpoint = isNew ? nil : run.checkpoints.latestVerified().checkpoint
      return try TrainingLoop(run: run, options: options, progress: Progress(to: { _ in })) { _ in
        []
      }(Counter(), from: checkpoint)
    }

    /// All files with their bytes, but for event files, which have the time.
    func content(of folder: String? = nil) throws -> [String: [UInt8]] {
      let folder = folder ?? run.path
      var content: [String: [UInt8]] = [:]
      for name in try folderContents(folder) where name != "tensorboard" {
        let path = "\(folder)/\(name)"
        if fileKind(path) == .folder {
          for (file, bytes) in try self.content(of: path) { content["\(name)/\(file)"] = bytes }
        } else {
          content[name] =
            fileKind(path, followingLinks: true) == .file ? try bytes(of: path) : Array("link".utf8)
        }
      }
      return content
    }
  }

  @Test func aTrainingThatPatienceEndedStaysAsItIs() throws {
    let training = try PatientTraining()
    #expect(try training(isNew: true) == .outOfPatience(bestStep: 4))
    let content = try training.content()
    let events = try folderContents(training.run.eventsPath)
    #expect(content.keys.contains("checkpoints/step-000007/state.json"))
    #expect(try training() == .outOfPatience(bestStep: 4))
    #expect(try training.content() == content)
    #expect(try folderContents(training.run.eventsPath) == events)
    #expect(
      try training.run.ending(under: training.options)?.outcome == .outOfPatience(bestStep: 4))
  }

  /// More patience, more steps, or none at all: it goes on as if that had been so from the beginning.
  @Test(arguments: [(3, 25), (5, 20), (nil, 20)]) func morePatienceOrStepsGoOn(
    patience: Int?, steps: Int
  ) throws {
    var whole = try PatientTraining()
    (whole.options.patience, whole.options.steps) = (patience, steps)
    let outcome = try whole(isNew: true)
    var halves = try PatientTraining()
    #expect(try halves(isNew: true) == .outOfPatience(bestStep: 4))
    (halves.options.patience, halves.options.steps) = (patience, steps)
    #expect(try halves.run.ending(under: halves.options) == nil)
    let second = try halves()
    if patience == 3 {
      // The patience of the recipe is at its end at the next evaluation, too.
      #expect(outcome == .outOfPatience(bestStep: 4) && second == outcome)
      #expect(halves.run.checkpoints.steps.last == 8)
      return
    }
    #expect(second == outcome)
    let (a, b) = (try whole.content(), try halves.content())
    let newest = try #require(whole.run.checkpoints.steps.last)
    for name in [
      "metrics.jsonl", "metrics.csv", "checkpoints/\(CheckpointStore.name(newest))/state.json",
    ] {
      #expect(a[name] != nil && a[name] == b[name], "\(name)")
    }
  }

  /// How the evaluations went is in the checkpoint: a log that is lost does not make a run longer.
  @Test func theCheckpointKnowsTheEvaluations() throws {
    let training = try PatientTraining()
    var stopped = training
    stopped.options.steps = 6
    #expect(try stopped(isNew: true) == .finished)
    try FileManager.default.removeItem(atPath: training.run.metricsPath)
    #expect(try training() == .outOfPatience(bestStep: 4))
    #expect(training.run.checkpoints.steps.last == 7)
  }

  /// What an earlier version has written knows neither: the log tells the evaluations, and it goes on.
  @Test func aCheckpointWithoutAnEndGoesOn() throws {
    let training = try PatientTraining()
    var stopped = training
    stopped.options.steps = 6
    #expect(try stopped(isNew: true) == .finished)
    struct OldState: Codable { let seed: UInt64 }
    let checkpoint = try #require(training.run.checkpoints.latestVerified().checkpoint)
    try training.run.checkpoints.discard(after: 5)
    try training.run.checkpoints.write(
      step: 6, files: [], metric: checkpoint.metric, state: OldState(seed: 0))
    #expect(try training() == .outOfPatience(bestStep: 4))
    #expect(training.run.checkpoints.steps.last == 7)
  }

  /// A narrow terminal is still told how long it takes.
  @Test func theTimeLeftStaysOnTheLine() {
    let numbers = ["loss D 0.521", "G 1.102", "D(real) 0.713"]
    let speed = ["812 images/s", "5m12s left"]
    func line(_ columns: Int?) -> String {
      Progress.line("step 50/14800", numbers, speed, columns: columns)
    }
    let whole = "step 50/14800  loss D 0.521  G 1.102  D(real) 0.713  812 images/s  5m12s left"
    #expect(line(nil) == whole && line(whole.count) == whole)
    #expect(line(76) == "step 50/14800  loss D 0.521  G 1.102  812 images/s  5m12s left")
    #expect(line(40) == "step 50/14800  812 images/s  5m12s left")
    #expect(line(30) == "step 50/14800  5m12s left" && line(8) == "step 50/")
  }
}
