import Testing

@testable import Training

struct TrainingLoopTests {
  /// A trainer whose loss is its step's number, and whose evaluation is best in the middle.
  private final class Counter: Trainer {
    static let itemName = "numbers"
    let itemsPerStep = 1
    let parameterCount = 0
    let optimizers: [Optimizer] = []
    var stepsDone = 0
    var evaluated: [Int] = []

    func step() -> [Measurement] {
      stepsDone += 1
      return [Measurement("loss", label: "loss", Double(stepsDone))]
    }

    func evaluate() -> [Measurement] {
      evaluated.append(stepsDone)
      return [
        Measurement("loss_held_out", label: "held out", Double(abs(stepsDone - 4))),
        Measurement("other", label: "other", 1),
      ]
    }

    func checkpointFiles() -> [CheckpointStore.File] { [] }
    func adoptWeights(of checkpoint: Checkpoint) {}
    func restore(_ checkpoint: Checkpoint) {}
    func preview() -> Preview? { .text("\(stepsDone)") }
  }

  private func run(_ counter: Counter, evaluateEvery: Int?) throws {
    let folder = try TemporaryFolder()
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
      #expect(RunSummary(run).metric == Metric("loss_held_out", 0))
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
    for minutes in [nil, 1e-9] {
      let folder = try TemporaryFolder()
      let run = try RunFolder.create(in: folder("runs"), recipe: "counter")
      try run.writeRecipe("kind: counter\n")
      var options = LoopOptions(steps: 9, sampleEvery: 100, checkpointEvery: 100)
      options.logEvery = 1
      options.checkpointMinutes = minutes
      let loop = TrainingLoop(run: run, options: options, progress: Progress(to: { _ in })) { _ in
        []
      }
      #expect(try loop(Counter()) == .finished)
      #expect(run.checkpoints.steps == (minutes == nil ? [9] : [8, 9]))
      logs.append(try bytes(of: run.metricsPath))
    }
    #expect(logs[0] == logs[1])
  }

  @Test func patienceEndsATraining() throws {
    let folder = try TemporaryFolder()
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
}
