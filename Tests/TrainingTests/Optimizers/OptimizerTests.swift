import Autograd
import Compute
import Foundation
import Testing

@testable import Runs
@testable import Training

/// AdamW with its groups, clipping and schedules beside PyTorch's; RMSprop and Muon.
struct OptimizerTests {
  /// A trajectory of PyTorch in double precision: Tests/Parity/optimizers/make.py writes them.
  struct Trajectory: Decodable {
    let course: String
    let warmUp, steps: Int
    let minimumRate, clip, rate, decay: Double
    let rates, norms, weight, bias, average: [Double]

    static func all() throws -> [Trajectory] {
      try decoded([Trajectory].self, "schedules.json")
    }

    var options: OptimizerOptions {
      get throws {
        var options = OptimizerOptions(learningRate: rate, beta2: 0.99)
        options.schedule.kind = try #require(LearningRateSchedule.Kind(rawValue: course))
        options.schedule.warmupSteps = warmUp
        options.schedule.minLearningRate = minimumRate
        options.weightDecay = decay
        options.maxGradientNorm = clip
        return options
      }
    }
  }

  private static func decoded<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Parity/optimizers/\(name)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(contentsOf: fixture))
  }

  /// The function of the same name in make.py.
  private func numbers(_ salt: Int) -> [Float] {
    (0..<20).map { index in
      let remainder = (index * 7919 + salt * 104_729 + 17) % 10007
      return Float(Double(remainder) / 5003.5 - 1)
    }
  }

  @Test func followsPyTorch() throws {
    let trajectories = try Trajectory.all()
    #expect(trajectories.count == 5)
    for (index, trajectory) in trajectories.enumerated() {
      let slab = ParameterSlab([
        (SlabEntry(path: "bias", shape: [20]), .noDecay),
        (SlabEntry(path: "weight", shape: [4, 5]), .decay),
      ])
      let optimizer = Optimizer(slab, try trajectory.options, steps: trajectory.steps)
      let salts = ["weight": 0, "bias": 100]
      let average = Storage(count: slab.count)
      slab.update { parameters in
        for entry in slab.entries {
          for (place, number) in zip(entry.range, numbers(salts[entry.path] ?? 0)) {
            parameters[place] = number + 2
          }
        }
        average.base.update(from: slab.values.base, count: slab.count)
      }
      for step in 1...20 {
        let rate = optimizer.options.schedule.rate(
          trajectory.rate, atStep: step, of: StepPlan(steps: trajectory.steps))
        #expect(abs(rate - trajectory.rates[step - 1]) <= 1e-15, "case \(index), step \(step)")
        for entry in slab.entries {
          (slab.gradients.base + entry.offset)
            .update(from: numbers((salts[entry.path] ?? 0) + step), count: 20)
        }
        let norm = optimizer.step(average: average, emaDecay: 0.99)
        #expect(abs(norm - trajectory.norms[step - 1]) <= 1e-6 * norm)
      }
      func expect(_ path: String, _ storage: Storage, _ theirs: [Double]) throws {
        let entry = try #require(slab.entries.first { $0.path == path })
        for (place, exact) in zip(entry.range, theirs) {
          let value = Double(storage.base[place])
          #expect(abs(value - exact) <= 1e-6 * abs(exact), "case \(index), \(path)")
        }
      }
      try expect("weight", slab.values, trajectory.weight)
      try expect("bias", slab.values, trajectory.bias)
      try expect("weight", average, trajectory.average)
    }
  }

  @Test(arguments: [
    ("rmsprop", [4, 5]), ("wide", [4, 5]), ("tall", [10, 2]), ("tall", [5, 1, 2, 2]),
  ])
  func otherMethods(_ name: String, _ shape: [Int]) throws {
    let theirs = try #require(try Self.decoded([String: [Double]].self, "methods.json")[name])
    var options = OptimizerOptions(learningRate: 2e-3, beta2: 0.95)
    options.method = name == "rmsprop" ? .rmsprop : .muon
    if options.method == .muon { options.weightDecay = 0.1 }
    // Beside a bias, which Muon leaves to Adam, and of which there is a second moment.
    let slab = ParameterSlab([
      (SlabEntry(path: "bias", shape: [20]), .noDecay),
      (SlabEntry(path: "weight", shape: shape), .hidden),
    ])
    let (bias, weight) = (slab.entries[0], slab.entries[1])
    let optimizer = Optimizer(slab, options)
    slab.update { parameters in
      for entry in slab.entries {
        for (place, number) in zip(entry.range, numbers(0)) { parameters[place] = number + 2 }
      }
    }
    let average = Storage(count: slab.count)
    average.base.update(from: slab.values.base, count: slab.count)
    for step in 1...20 {
      for entry in slab.entries {
        (slab.gradients.base + entry.offset).update(from: numbers(step), count: 20)
      }
      // The norm is told also where nothing is clipped.
      #expect(optimizer.step(average: average, emaDecay: 0) > 0)
    }
    for (place, exact) in zip(weight.range, theirs) {
      let value = Double(slab.values.base[place])
      #expect(abs(value - exact) <= 3e-6 * abs(exact))
      #expect(average.base[place] == slab.values.base[place])
    }
    #expect(slab.values.base[bias.offset] != numbers(0)[0] + 2)
    let names = optimizer.arrays.named("").map(\.name)
    let hasSecond = names.contains("weight.exp_avg_sq")
    #expect(hasSecond == (options.method == .rmsprop) && names.contains("weight.exp_avg"))
  }

  @Test func aCosineEndsAtItsMinimum() {
    var schedule = LearningRateSchedule()
    schedule.kind = .cosine
    (schedule.warmupSteps, schedule.minLearningRate) = (4, 0.1)
    let rates = (1...24).map { schedule.rate(1, atStep: $0, of: StepPlan(steps: 24)) }
    #expect(rates.prefix(4) == [0.25, 0.5, 0.75, 1])
    #expect(abs(rates[13] - 0.55) < 1e-15 && abs(rates[23] - 0.1) < 1e-15)
    #expect(schedule.rate(1, atStep: 30, of: StepPlan(steps: 24)) == rates[23])
    #expect(zip(rates[3...], rates[4...]).allSatisfy(>))
  }

  /// A cooldown of a part of the steps is a fall that is decided when it begins.
  @Test func aCooldownIsAtTheEnd() {
    var (schedule, whole) = (LearningRateSchedule(), LearningRateSchedule())
    (schedule.kind, whole.kind) = (.cosine, .cosine)
    (schedule.warmupSteps, whole.warmupSteps) = (3, 3)
    let steps = StepPlan(steps: 40)
    for (cooldown, first) in [(0.5, 20), (0.25, 30), (0.05, 38)] {
      schedule.cooldown = cooldown
      let decided = StepPlan(steps: 1).adding(.init(after: 0, end: 40, falls: false))
        .adding(.init(after: first, end: 40, falls: true))
      let rates = (1...40).map { schedule.rate(1, atStep: $0, of: steps) }
      #expect(rates == (1...40).map { whole.rate(1, atStep: $0, of: decided) })
      #expect(rates[first - 1] == 1 && rates[first] < 1 && abs(rates[39]) < 1e-15)
    }
    // Not before the warm-up has ended, and not at all.
    schedule.cooldown = 0.99
    #expect(
      schedule.rate(1, atStep: 2, of: steps) == 2 / 3 && schedule.rate(1, atStep: 3, of: steps) == 1
    )
    schedule.cooldown = 0
    #expect(schedule.rate(1, atStep: 40, of: steps) == 1)
    schedule.cooldown = 1
    #expect(schedule.rate(1, atStep: 40, of: StepPlan(steps: .max)) == 1)
  }

  @Test func aMinimumAboveTheRateIsRefused() {
    var options = OptimizerOptions(learningRate: 1e-3)
    options.schedule.minLearningRate = 1e-2
    let problem = #expect(throws: RecipeProblem.self) { try options.check() }
    #expect(problem?.key == "optimizer.min_learning_rate")
  }
}
