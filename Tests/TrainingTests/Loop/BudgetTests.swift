import Autograd
import Compute
import Layers
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

/// A training with a budget ends in its time, whatever becomes of the machine's speed, and what it has decided makes
/// its bytes.
@Suite struct BudgetTests {
  /// A machine whose clock goes on as work is done.
  private final class Machine {
    var time = 0.0
    /// Seconds for a step, an evaluation, a preview.
    var step: (_ time: Double) -> Double = { _ in 0.01 }
    var evaluation = 0.05
    var preview = 0.05
    /// How many items a trainer says that an evaluation takes, a third of a step's each.
    var evaluated = 0
    /// The part of the steps in which a trainer's learning rate falls.
    var cooldown = 1.0
  }

  /// Fits a line; what it does takes time on a machine.
  private final class LineTrainer: Trainer {
    static let itemName = "numbers"
    let itemsPerStep = 4
    let learner: Learner<Linear>
    let machine: Machine

    init(_ machine: Machine) {
      self.machine = machine
      var options = OptimizerOptions(learningRate: 0.05)
      options.schedule.kind = .cosine
      options.schedule.cooldown = machine.cooldown
      learner = Learner(options, emaDecay: 0.9, steps: 1, seed: 1) { Linear(1, 1) }
    }

    var networks: [(prefix: String, network: any TrainedNetwork)] { [("", learner)] }

    func step() throws -> [Measurement] {
      machine.time += machine.step(machine.time)
      let x = RandomStream(seed: 3, purpose: .noise).normals([4, 1], step: stepsDone)
      return try learner.step(mode: .training(seed: 1, step: stepsDone)) { _ in
        let x = Tensor(constant: x)
        return meanSquaredError(learner.model(x), x)
      }.measurements
    }

    func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) -> [Measurement] {
      machine.time += machine.evaluation
      let weight = Double(learner.average.model.weight.values.elements[0])
      return [Measurement("validation_loss", label: "validation", abs(1 - weight))]
    }

    var itemsPerEvaluation: Int { machine.evaluated }

    func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? {
      machine.time += machine.preview
      return .text("\(learner.average.model.weight.values.elements[0])")
    }
  }

  /// A run within a budget, and how it went.
  private struct Training {
    let folder = TemporaryFolder(inMemory: true)
    let machine = Machine()
    let run: RunFolder
    var options: LoopOptions
    var plans: [StepPlan] = []

    init(_ budget: Double?, _ plan: StepPlan) throws {
      run = try RunFolder.create(in: folder("runs"), recipe: "line", name: "line")
      try run.writeRecipe("kind: line\n")
      options = LoopOptions(steps: 0, sampleEvery: 300, checkpointEvery: 50, evaluateEvery: 100)
      options.logEvery = 10
      options.keep = 100
      options.budget = budget.map { Budget(seconds: $0) }
      options.adopt(plan)
    }

    /// Trains until an interrupt at a step.
    mutating func train(interruptedAfter last: Int = .max) throws -> TrainingLoop.Outcome {
      let checkpoint = run.checkpoints.latestVerified().checkpoint
      let trainer = LineTrainer(machine)
      // The time between belongs to no training.
      let before = try checkpoint?.state(as: TrainingState.self).seconds ?? 0
      let begun = machine.time
      var (loop, plans) = (
        TrainingLoop(run: run, options: options, progress: Progress(to: { _ in })) { _ in [] },
        plans
      )
      loop.clock = { [machine] in before + machine.time - begun }
      loop.keepPlan = { plans.append($0) }
      loop.interrupt = { trainer.stepsDone >= last ? 15 : nil }
      let outcome = try loop(trainer, from: checkpoint)
      self.plans = plans
      if let plan = plans.last { options.adopt(plan) }
      return outcome
    }

    /// The bytes of all that depends on the steps: of checkpoints those of the last.
    func files() throws -> [String: [UInt8]] {
      var files = ["metrics": try bytes(of: run.metricsPath)]
      for sample in run.samples { files["sample \(sample.step)"] = try bytes(of: sample.path) }
      let newest = try #require(run.checkpoints.latestVerified().checkpoint)
      #expect(newest.step == options.steps)
      for name in newest.fileNames where name.hasSuffix(".safetensors") {
        files[name] = try bytes(of: newest.file(name))
      }
      return files
    }
  }

  private static let unknown = StepPlan(steps: 1).adding(.init(after: 0, end: 500, falls: false))

  @Test(arguments: [1.0, 20, 100, 3600], [0, 1, 2, 3, 4])
  func itEndsInTime(budget: Double, speed: Int) throws {
    var training = try Training(budget, Self.unknown)
    // Half of its speed is lost, or won, at some time, or comes and goes.
    let per = budget / 1000
    training.machine.step = {
      switch speed {
      case 0: per
      case 1: $0 < budget * 0.7 ? per : 2 * per
      case 2: $0 < budget * 0.4 ? 2 * per : per
      case 3: Int($0 / budget * 50) % 2 == 0 ? per : 2 * per
      default: $0 < budget * 0.95 ? per : 2 * per
      }
    }
    #expect(try training.train() == .finished)
    #expect(abs(training.machine.time - budget) <= 0.05 * budget, "\(training.machine.time)")
    #expect(training.plans.count <= 7)
    // The full rate for half of the time.
    let falling = try #require(training.options.plan.decisions.first { $0.falls })
    let rate = { training.options.plan.fallen(atStep: $0, warmup: 0, cooldown: 1) }
    #expect(rate(falling.step) == nil)
    #expect(rate(training.options.steps) == 1)
    #expect(training.run.samples.last?.step == training.options.steps)
  }

  /// A quarter of the time, where the schedule says so; half of it where it says more.
  @Test(arguments: [(0.25, 0.25), (1, 0.5)])
  func theScheduleSaysWhenTheRateFalls(cooldown: Double, part: Double) throws {
    var training = try Training(100, Self.unknown)
    training.machine.cooldown = cooldown
    #expect(try training.train() == .finished)
    let plan = training.options.plan
    let falling = try #require(plan.decisions.first { $0.falls })
    #expect(
      abs(Double(falling.step) - Double(plan.steps) * (1 - part)) <= 0.02 * Double(plan.steps))
  }

  @Test func partsOfWhatIsLongCount() throws {
    var training = try Training(10, Self.unknown)
    training.machine.preview = 0.8
    training.machine.evaluation = 0.7
    #expect(try training.train() == .finished)
    #expect(abs(training.machine.time - 10) <= 0.5, "\(training.machine.time)")
  }

  /// Half of the time and more may be taken by what is known to come at the end alone.
  @Test func anEndThatIsLongIsSeenAhead() throws {
    var training = try Training(10, Self.unknown)
    training.machine.evaluation = 6
    training.machine.evaluated = 600 * 4 * 3
    training.options.evaluateEvery = 100_000
    #expect(try training.train() == .finished)
    #expect(abs(training.machine.time - 10) <= 0.5, "\(training.machine.time)")
    #expect(training.options.steps > 300)
  }

  @Test func aBudgetOfLessThanAStepIsOneStep() throws {
    var training = try Training(
      1, StepPlan(steps: 1).adding(.init(after: 0, end: 1, falls: false)))
    training.machine.step = { _ in 30 }
    #expect(try training.train() == .finished)
    #expect(training.options.steps == 1)
    #expect(training.run.checkpoints.steps.last == 1)
  }

  /// Interrupted and gone on with, it has the bytes of one that does what was decided, without a clock.
  @Test(arguments: [[], [1], [130], [130, 131, 260], [310, 420, 425]])
  func whatWasDecidedMakesTheBytes(interrupts: [Int]) throws {
    var training = try Training(8, Self.unknown)
    training.machine.step = { Int($0) % 3 == 0 ? 0.01 : 0.02 }
    for step in interrupts {
      #expect(try training.train(interruptedAfter: step) == .interrupted(signal: 15))
      // Without one of the decisions' steps, as after a kill.
      try training.run.checkpoints.discard(after: step - 20)
      training.machine.time += 1000
    }
    #expect(try training.train() == .finished)
    #expect(training.options.plan.decisions.count > 4)
    var replay = try Training(nil, training.options.plan)
    #expect(try replay.train() == .finished)
    #expect(replay.plans.isEmpty)
    let (files, replayed) = (try training.files(), try replay.files())
    #expect(files.keys.sorted() == replayed.keys.sorted())
    for (name, bytes) in files { #expect(replayed[name] == bytes, "\(name)") }
  }

  /// Time that a checkpoint has counts, time that a process was away does not.
  @Test func timeGoesOnAfterAnInterrupt() throws {
    var training = try Training(10, Self.unknown)
    #expect(try training.train(interruptedAfter: 333) == .interrupted(signal: 15))
    training.machine.time += 1000
    #expect(try training.train() == .finished)
    #expect(abs(training.machine.time - 1010) <= 0.5, "\(training.machine.time)")
  }

  /// A run that has ended goes on at the full rate, and ends a second time.
  @Test func moreTimeIsAWarmRestart() throws {
    var training = try Training(4, Self.unknown)
    #expect(try training.train() == .finished)
    let first = training.options.steps
    training.options.adopt(
      training.options.plan.adding(.init(after: first, end: first + 77, falls: false)))
    training.options.budget = Budget(seconds: 8)
    #expect(try training.train() == .finished)
    #expect(abs(training.machine.time - 8) <= 0.4)
    let plan = training.options.plan
    #expect(plan.fallen(atStep: first, warmup: 0, cooldown: 1) == 1)
    #expect(plan.fallen(atStep: first + 1, warmup: 0, cooldown: 1) == nil)
    #expect(plan.fallen(atStep: plan.steps, warmup: 0, cooldown: 1) == 1)
  }

  @Test func plansAsText() {
    let plan = StepPlan(steps: 1)
      .adding(.init(after: 0, end: 900, falls: false))
      .adding(.init(after: 450, end: 1000, falls: true))
    #expect(plan.json == #""0 to 900, 450 falling to 1000""#)
    #expect(StepPlan(.scalar("0 to 900, 450 falling to 1000", isQuoted: true)) == plan)
    for text in [
      "", "0", "0 to", "1 to 5", "0 to 0", "0 to 9, 0 to 8", "0 to 9, 10 to 12", "0 up to 9",
    ] {
      #expect(StepPlan(.scalar(text, isQuoted: true)) == nil, "\(text)")
    }
    #expect((1...1000).map { plan.steps(at: $0) }.firstIndex(of: 1000) == 450)
    // From a decision to the next, in even parts.
    let revised = plan.adding(.init(after: 725, end: 800, falls: true))
    #expect(plan.fallen(atStep: 725, warmup: 0, cooldown: 1) == 0.5)
    #expect(revised.fallen(atStep: 725, warmup: 0, cooldown: 1) == 0.5)
    #expect(revised.fallen(atStep: 728, warmup: 0, cooldown: 1) == 0.5 + 0.5 * (3.0 / 75))
    #expect(revised.fallen(atStep: 800, warmup: 0, cooldown: 1) == 1)
  }
}
