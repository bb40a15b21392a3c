import Autograd
import Compute
import Layers
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

@Suite struct RecoveryTests {
  private struct Line: Module { let linear = Linear(2, 1) }

  /// Fits a line; `data` may spoil a step's numbers, knowing what the rate is multiplied by.
  private final class LineTrainer: Trainer {
    static let itemName = "numbers"
    let itemsPerStep = 4
    let learner: Learner<Line>
    private let data: (_ step: Int, _ rateFactor: Double) -> Float
    /// How much what it makes differs, if it makes anything.
    var variety: (_ step: Int, _ rateFactor: Double) -> Double? = { _, _ in nil }
    /// How far what judges it overfits, if anything does.
    var overfitting: Double?

    init(
      skipsOutliers: Bool = false,
      _ data: @escaping (_ step: Int, _ rateFactor: Double) -> Float = { _, _ in 1 }
    ) {
      self.data = data
      var options = OptimizerOptions(learningRate: 0.01)
      options.skipsOutliers = skipsOutliers
      learner = Learner(options, emaDecay: 0.9, steps: 200, seed: 1) { Line() }
    }

    var networks: [(prefix: String, network: any TrainedNetwork)] { [("", learner)] }

    func step() throws -> [Measurement] {
      let scale = data(stepsDone, learner.optimizer.rateFactor)
      let noise = RandomStream(seed: 3, purpose: .noise)
      let x = noise.normals([4, 2], step: stepsDone)
      let y = Values([4, 1]) { y in
        for i in 0..<4 { y[i] = scale * (x.pointer[2 * i] - x.pointer[2 * i + 1]) }
      }
      return try NumericalFault.keeping([NamedArray("x", x), NamedArray("y", y)]) {
        try learner.step(mode: .training(seed: 1, step: stepsDone)) { _ in
          meanSquaredError(learner.model.linear(Tensor(constant: x)), Tensor(constant: y))
        }.measurements
      }
    }

    func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? { nil }

    func variety(_ measurements: [Measurement]) -> Double? {
      variety(stepsDone, learner.optimizer.rateFactor)
    }

    func overfitting(_ measurements: [Measurement]) -> Double? { overfitting }
  }

  /// A run of its own.
  private struct Training {
    let folder: TemporaryFolder
    let run: RunFolder
    var steps = 20
    var onCollapse = VarietyMonitor.Response.warn

    init() throws {
      folder = TemporaryFolder(inMemory: true)
      run = try RunFolder.create(in: folder("runs"), recipe: "line")
    }

    func callAsFunction(
      from checkpoint: Checkpoint? = nil, said: @escaping (String) -> Void = { _ in },
      _ make: @autoclosure () -> LineTrainer
    ) throws -> TrainingLoop.Outcome {
      var options = LoopOptions(steps: steps, sampleEvery: 1000, checkpointEvery: 5)
      (options.seed, options.logEvery, options.keep) = (1, 1, 30)
      options.onCollapse = onCollapse
      return try TrainingLoop(run: run, options: options, progress: Progress(to: said)) { _ in [] }(
        make(), from: checkpoint)
    }

    var last: Checkpoint {
      get throws { try #require(run.checkpoints.latestVerified().checkpoint) }
    }

    func state() throws -> TrainingState { try last.state() }
  }

  @Test func aFaultGoesBackToTheCheckpointBeforeWithHalfTheRate() throws {
    let training = try Training()
    var said = ""
    let outcome = try training(
      said: { said += $0 }, LineTrainer { $0 == 7 && $1 == 1 ? .nan : 1 })
    #expect(outcome == .finished)
    let state = try training.state()
    #expect(state.rateFactor == 0.5)
    #expect(state.faults.map(\.step) == [7])
    #expect(state.faults.map(\.wentBackTo) == [5])
    #expect(said.contains("the loss is nan, which began with the data"))
    #expect(said.contains("Going back to step 5 with the rate times 0.50"))
    let records = try MetricsLog.records(path: training.run.metricsPath)
    #expect(records.map(\.step) == Array(1...20))
    #expect(records.map { $0.values["learning_rate"] } == (1...20).map { $0 <= 5 ? 0.01 : 0.005 })
  }

  @Test func whatWentWrongIsKept() throws {
    let training = try Training()
    _ = try training(LineTrainer { $0 == 7 && $1 == 1 ? .nan : 1 })
    let kept = try Checkpoint(path: "\(training.run.path)/faults/step-000007")
    try kept.verify()
    let batch = try SafetensorsFile(kept.file("batch.safetensors"))
    #expect(try batch.values("y").elements.contains { $0.isNaN })
    let weights = try SafetensorsFile(kept.file("model.safetensors"))
    #expect(try weights.values("linear.weight").isFinite)
  }

  @Test func withoutACheckpointItBeginsAnew() throws {
    let training = try Training()
    #expect(try training(LineTrainer { $0 == 2 && $1 == 1 ? .infinity : 1 }) == .finished)
    #expect(try training.state().faults.map(\.wentBackTo) == [0])
  }

  @Test func afterTwoFaultsItGivesUpWithAReport() throws {
    let training = try Training()
    let error = #expect(throws: Diverged.self) {
      _ = try training(LineTrainer { step, _ in step == 12 ? .nan : 1 })
    }
    #expect(error?.description.contains("after step 12 the loss is nan") == true)
    let report = try String(
      decoding: InputFile("\(training.run.path)/fault.txt").readAll(limit: 1 << 16),
      as: UTF8.self)
    #expect(report.components("went back to step 10 with half the rate") == 2)
    #expect(report.components("given up") == 1)
    #expect(try training.last.step == 10)
    let reason = training.run.failureReason
    #expect(reason == error?.description.split(separator: "\n").first.map(String.init))
    try training.run.removeFaultReport()
    #expect(training.run.failureReason == nil)
    try training.run.removeFaultReport()
  }

  /// The state of a fault is in the checkpoints after it, so that a resume is the same training.
  @Test func aResumeAfterAFaultIsTheSameTraining() throws {
    let make = { LineTrainer { $0 == 7 && $1 == 1 ? .nan : 1 } }
    let whole = try Training()
    _ = try whole(make())
    var halves = try Training()
    halves.steps = 10
    _ = try halves(make())
    halves.steps = 20
    _ = try halves(from: halves.last, make())
    for name in try whole.last.fileNames {
      #expect(
        try InputFile(whole.last.file(name)).digest()
          == InputFile(halves.last.file(name)).digest())
    }
    #expect(try whole.state() == halves.state())
  }

  /// Checkpoints of a course that was left are not taken for those of the new one.
  @Test func aLossThatComesApartGoesBackToWhereItWasSound() throws {
    var training = try Training()
    training.steps = 200
    #expect(
      try training(LineTrainer { $0 >= 112 && $1 == 1 ? 1e4 : 1 }) == .finished)
    let fault = try #require(try training.state().faults.first)
    #expect(fault.finding.contains("far beyond that of the first steps"))
    #expect(fault.step == 162)
    #expect(fault.wentBackTo == 110)
    let loss = try MetricsLog.records(path: training.run.metricsPath).last?.values["loss"]
    #expect(try #require(loss) < 1)
  }

  /// A generator that collapses is told of, or taken back to a checkpoint from before it began to.
  @Test(arguments: [VarietyMonitor.Response.warn, .rollBack])
  func aCollapseIsToldOfOrTakenBack(response: VarietyMonitor.Response) throws {
    var training = try Training()
    (training.steps, training.onCollapse) = (200, response)
    func trainer() -> LineTrainer {
      let trainer = LineTrainer()
      trainer.variety = { step, rateFactor in step > 112 && rateFactor == 1 ? 0.01 : 0.8 }
      return trainer
    }
    var said = ""
    #expect(try training(said: { said += $0 }, trainer()) == .finished)
    #expect(said.contains("the generator has collapsed"), "\(said)")
    let faults = try training.state().faults
    #expect(said.contains("an earlier checkpoint may be better") == faults.isEmpty)
    #expect(faults.map(\.wentBackTo) == (response == .rollBack ? [110] : []))
  }

  /// It is told once, also where the training resumes after that.
  @Test func aDiscriminatorThatOverfitsIsToldOf() throws {
    var training = try Training()
    let trainer = LineTrainer()
    trainer.overfitting = 0.9
    var said = ""
    #expect(try training(said: { said += $0 }, trainer) == .finished)
    #expect(said.contains("step 20: the discriminator's logits of held-out images are 0.90 of the"))
    training.steps = 60
    let other = LineTrainer()
    other.overfitting = 0.9
    var further = ""
    let checkpoint = training.run.checkpoints.latestVerified().checkpoint
    #expect(try training(from: checkpoint, said: { further += $0 }, other) == .finished)
    #expect(!further.contains("the discriminator's logits"), "\(further)")
  }

  @Test(arguments: [false, true]) func outliersAreSaidAndLoggedAndMayBeLeftOut(skips: Bool) throws {
    var training = try Training()
    training.steps = 60
    var said = ""
    _ = try training(
      said: { said += $0 }, LineTrainer(skipsOutliers: skips) { step, _ in step == 50 ? 1000 : 1 })
    #expect(said.contains("step 51: the gradient norm is") && !said.contains("which are logged"))
    #expect(said.contains("the step is left out") == skips)
    let records = try MetricsLog.records(path: training.run.metricsPath)
    #expect(records.filter { $0.values["gradient_norm_outlier"] != nil }.map(\.step) == [51])
    let (before, after) = (records[50].values["loss"] ?? 0, records[51].values["loss"] ?? 0)
    #expect(before > 1000 && after < 100)
  }

  /// Of many, the first is said, and how many there were.
  @Test func outliersAreCounted() throws {
    var training = try Training()
    training.steps = 60
    var said = ""
    _ = try training(
      said: { said += $0 },
      LineTrainer(skipsOutliers: true) { step, _ in [50, 53, 58].contains(step) ? 1000 : 1 })
    #expect(said.components("the gradient norm is") == 1, "\(said)")
    #expect(said.hasSuffix("the gradient norm was unusual in 3 updates, which are logged\n"))
    let records = try MetricsLog.records(path: training.run.metricsPath)
    #expect(
      records.filter { $0.values["gradient_norm_outlier"] != nil }.map(\.step) == [51, 54, 59])
  }

  /// Each network is told apart, and each update of a step counts.
  @Test func outliersOfTwoNetworks() {
    var unusual = UnusualGradients(prefixes: ["generator.", "discriminator."])
    let reports = [3.0, 4].map {
      Optimizer.Report(norm: $0, outlier: .init(norm: $0, median: 1), isSkipped: false)
    }
    let first = unusual.add(reports, ofNetwork: 1, at: 7)
    #expect(first.said == "step 7: the gradient norm of the discriminator is 4.000, usually 1.000")
    #expect(first.logged.map(\.name) == ["gradient_norm_outlier_discriminator"])
    #expect(first.logged.map(\.value) == [4])
    let second = unusual.add([reports[0]], ofNetwork: 0, at: 9)
    #expect(second.said?.contains("of the generator is 3") == true)
    #expect(unusual.add([], ofNetwork: 0, at: 10).logged.isEmpty)
    #expect(
      unusual.summary
        == "the gradient norm was unusual in 1 update of the generator and in 2 updates of the "
        + "discriminator, which are logged")
  }
}

extension String {
  /// How often another text occurs in this one.
  fileprivate func components(_ text: String) -> Int { split(separator: text).count - 1 }
}
