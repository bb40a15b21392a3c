import Autograd
import Compute
import Foundation
import Testing

@testable import Training

/// AdamW with its groups, clipping and schedules beside PyTorch's.
struct OptimizerTests {
  /// A trajectory of PyTorch in double precision: Tests/Parity/optimizers/make.py writes them.
  struct Trajectory: Decodable {
    let course: String
    let warmUp, steps: Int
    let minimumRate, clip, rate, decay: Double
    let rates, norms, weight, bias, average: [Double]

    static func all() throws -> [Trajectory] {
      let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Parity/optimizers/schedules.json")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode([Trajectory].self, from: Data(contentsOf: fixture))
    }

    var options: AdamOptions {
      get throws {
        var options = AdamOptions(learningRate: rate, beta2: 0.99)
        options.schedule.course = try #require(LearningRateSchedule.Course(rawValue: course))
        options.schedule.warmUp = warmUp
        options.schedule.minimumRate = minimumRate
        options.weightDecay = decay
        options.largestNorm = clip
        return options
      }
    }
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
      let adam = Adam(slab, try trajectory.options, steps: trajectory.steps)
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
        let rate = adam.options.schedule.rate(trajectory.rate, atStep: step, of: trajectory.steps)
        #expect(abs(rate - trajectory.rates[step - 1]) <= 1e-15, "case \(index), step \(step)")
        for entry in slab.entries {
          (slab.gradients.base + entry.offset)
            .update(from: numbers((salts[entry.path] ?? 0) + step), count: 20)
        }
        let norm = try #require(adam.step(average: average, averageDecay: 0.99))
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

  @Test func aCosineEndsAtItsMinimum() {
    var schedule = LearningRateSchedule()
    schedule.course = .cosine
    (schedule.warmUp, schedule.minimumRate) = (4, 0.1)
    let rates = (1...24).map { schedule.rate(1, atStep: $0, of: 24) }
    #expect(rates.prefix(4) == [0.25, 0.5, 0.75, 1])
    #expect(abs(rates[13] - 0.55) < 1e-15 && abs(rates[23] - 0.1) < 1e-15)
    #expect(schedule.rate(1, atStep: 30, of: 24) == rates[23])
    #expect(zip(rates[3...], rates[4...]).allSatisfy(>))
  }

  @Test func aMinimumAboveTheRateIsRefused() {
    var options = AdamOptions(learningRate: 1e-3)
    options.schedule.minimumRate = 1e-2
    let problem = #expect(throws: RecipeProblem.self) { try options.check() }
    #expect(problem?.key == "optimizer.minimum_rate")
  }
}
