import Foundation
import Testing

@testable import Compute

@Suite struct AdamTests {
  /// A trajectory of PyTorch in double precision: Tests/Parity/optimizers/make.py writes them.
  struct Trajectory: Decodable {
    struct Options: Decodable {
      let lr: Double
      let betas: [Double]
      let eps: Double
      let weightDecay: Double
    }
    let optimizer: String
    let clip: Double
    let options: Options
    let parameters: [Double]
    let first: [Double]
    let second: [Double]
    let average: [Double]

    var step: AdamStep {
      AdamStep(
        learningRate: options.lr, beta1: options.betas[0], beta2: options.betas[1],
        epsilon: options.eps, weightDecay: options.weightDecay,
        decay: optimizer == "AdamW" ? .decoupled : .gradient, emaDecay: 0.99)
    }
  }

  /// All that a step changes, and twenty steps of it.
  struct Slabs {
    var parameters: [Float]
    var first: [Float]
    var second: [Float]
    var average: [Float]

    init(count: Int) {
      parameters = numbers(count).map { $0 + 2 }
      average = parameters
      (first, second) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    }

    mutating func run(_ adam: AdamStep, clip: Double = 0, steps: Int = 20) {
      let count = parameters.count
      for step in 1...steps {
        let gradients = numbers(count, step)
        var adam = adam
        let norm = Reductions.sumOfSquares(gradients, count: count).squareRoot()
        if clip > 0 { adam.gradientScale = min(1, clip / (norm + 1e-6)) }
        parameters = changed(parameters) { parameters in
          first = changed(first) { first in
            second = changed(second) { second in
              average = changed(average) { average in
                adam(
                  parameters: parameters, gradients: gradients, firstMoments: first,
                  secondMoments: second, average: average, count: count, step: step)
              }
            }
          }
        }
      }
    }
  }

  @Test func followsPyTorch() throws {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Parity/optimizers/adam.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let cases = try decoder.decode([Trajectory].self, from: Data(contentsOf: fixture))
    #expect(cases.count == 5)
    for (index, trajectory) in cases.enumerated() {
      var slabs = Slabs(count: trajectory.parameters.count)
      slabs.run(trajectory.step, clip: trajectory.clip)
      for (ours, theirs) in [
        (slabs.parameters, trajectory.parameters), (slabs.average, trajectory.average),
        (slabs.second, trajectory.second),
      ] {
        for (value, exact) in zip(ours, theirs) {
          #expect(abs(Double(value) - exact) <= 1e-6 * abs(exact), "case \(index)")
        }
      }
      // The first moment's terms cancel.
      for (value, exact) in zip(slabs.first, trajectory.first) {
        #expect(abs(Double(value) - exact) <= 1e-6, "case \(index)")
      }
    }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 65, 16_385, 40_000]) func sameBitsEverywhere(count: Int) {
    let adam = AdamStep(learningRate: 1e-2, weightDecay: 0.1, gradientScale: 0.3)
    let whole = everywhere {
      var slabs = Slabs(count: count)
      slabs.run(adam, steps: 3)
      return slabs.parameters + slabs.first + slabs.second + slabs.average
    }
    // A parameter's path does not depend on how many others there are.
    var alone = Slabs(count: min(count, 7))
    alone.run(adam, steps: 3)
    #expect(Array(whole.prefix(min(count, 7))) == alone.parameters)
  }

  @Test func goesWithoutAnAverage() {
    var slabs = Slabs(count: 33)
    let (before, adam) = (slabs, AdamStep())
    slabs.run(adam, steps: 1)
    var (first, second) = (before.first, before.second)
    let parameters = changed(before.parameters) {
      adam(
        parameters: $0, gradients: numbers(33, 1), firstMoments: &first, secondMoments: &second,
        count: 33, step: 1)
    }
    #expect(parameters == slabs.parameters && first == slabs.first && second == slabs.second)
  }
}
