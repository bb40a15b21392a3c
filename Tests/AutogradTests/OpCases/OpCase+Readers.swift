import Compute
import Foundation
import TestSupport
import Testing

@testable import Autograd

extension OpCase {
  /// Reads the row for its value.
  func checkValue() {
    let samples = samples
    let result = op(zip(inputs, samples).map { Tensor($0.shape, $1) })
    let expected = reference(zip(inputs, samples).map { Reference($0.shape, $1.map(Double.init)) })
    #expect(result.shape == expected.shape)
    expectClose(result.values.elements, expected.elements, "the value")
  }

  /// Reads the row for its gradient, three times: with inputs that are parameters, with inputs that
  /// are activations, and with each input used twice, so that gradients add up.
  func checkGradient() {
    let samples = samples
    let cotangent = cotangent()
    let once = gradientsAsParameters(samples, cotangent)
    let again = gradientsAsActivations(samples, cotangent, uses: 1)
    let twice = gradientsAsActivations(samples, cotangent, uses: 2)
    #expect(once.map { $0.map(\.bitPattern) } == again.map { $0.map(\.bitPattern) })
    for input in inputs.indices {
      checkDifferences(of: input, samples, cotangent, once[input])
      expectClose(
        twice[input], once[input].map { 2 * Double($0) }, "twice the gradient of input \(input)")
    }
  }

  /// The bits of the value and of the gradients.
  func bits() -> [[UInt32]] {
    let samples = samples
    let value = op(zip(inputs, samples).map { Tensor($0.shape, $1) }).values.elements
    return ([value] + gradientsAsParameters(samples, cotangent())).map { $0.map(\.bitPattern) }
  }

  /// Reads the row for its throughput: the time of a pass forward and back, in seconds.
  func measureTime(repetitions: Int = 20) -> Double {
    let samples = samples
    let cotangent = cotangent()
    let clock = ContinuousClock()
    let times = (0..<repetitions).map { _ in
      clock.measure { _ = gradientsAsParameters(samples, cotangent) }
    }
    let (seconds, attoseconds) = (times.min() ?? .zero).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// Random weights of the result's elements.
  private func cotangent() -> Values {
    let shape = op(zip(inputs, samples).map { Tensor($0.shape, $1) }).shape
    var random = SplitMix(seed: 99)
    return Values(shape, random.floats(shape.reduce(1, *)))
  }

  private func gradientsAsParameters(_ samples: [[Float]], _ cotangent: Values) -> [[Float]] {
    let slab = ParameterSlab(
      inputs.map { (SlabEntry(path: "input", shape: $0.shape), .decay) })
    slab.update { values in
      for (entry, sample) in zip(slab.entries, samples) {
        for (i, element) in zip(entry.range, sample) { values[i] = element }
      }
    }
    // What an op leaves unwritten shows.
    slab.gradients.base.update(repeating: .nan, count: slab.count)
    let tape = Tape(watching: slab)
    let result = tape.record { op(slab.entries.indices.map { slab.tensor(at: $0) }) }
    #expect(tape.operations.contains(name), "the row of \(name) does not record it")
    _ = tape.gradients(of: result, cotangent: cotangent)
    expectPaddingUntouched(slab)
    return slab.gradientElements
  }

  private func expectPaddingUntouched(_ slab: ParameterSlab) {
    let used = slab.entries.flatMap { Array($0.range) }
    for i in Set(0..<slab.count).subtracting(used) {
      #expect(slab.gradients.base[i].isNaN, "written past the end of a gradient")
    }
  }

  private func gradientsAsActivations(
    _ samples: [[Float]], _ cotangent: Values, uses: Int
  ) -> [[Float]] {
    let tape = Tape()
    let watched = zip(inputs, samples).map { tape.watch(Values($0.shape, $1)) }
    let result = tape.record {
      let first = op(watched)
      return uses == 1 ? first : sum(first, op(watched))
    }
    let gradients = tape.gradients(of: result, cotangent: cotangent)
    return watched.map { gradients[$0].elements }
  }

  /// Holds a gradient against central differences: of some elements, and in a random direction, which
  /// takes in all of them.
  private func checkDifferences(
    of input: Int, _ samples: [[Float]], _ cotangent: Values, _ gradient: [Float]
  ) {
    let weights = cotangent.elements.map(Double.init)
    let point = zip(inputs, samples).map { Reference($0.shape, $1.map(Double.init)) }
    func difference(along direction: [Double]) -> Double {
      let h = 1e-5
      let sides = [h, -h].map { step in
        var moved = point
        for i in direction.indices { moved[input].elements[i] += step * direction[i] }
        return Reference.dot(reference(moved).elements, weights)
      }
      return (sides[0] - sides[1]) / (2 * h)
    }
    var random = SplitMix(seed: 7)
    let count = gradient.count
    let chosen =
      count <= 24
      ? Array(0..<count)
      : (0..<24).map { _ in
        Int.random(in: 0..<count, using: &random)
      }
    let expected = chosen.map { element in
      difference(along: (0..<count).map { $0 == element ? 1 : 0 })
    }
    let scale = gradient.map { abs(Double($0)) }.max() ?? 0
    expectClose(chosen.map { gradient[$0] }, expected, "the gradient of input \(input)", scale)
    let direction = random.floats(count).map(Double.init)
    let slope = Reference.dot(gradient.map(Double.init), direction)
    let error = abs(slope - difference(along: direction))
    #expect(
      error <= tolerance * max(1, scale) * max(1, Double(count).squareRoot()),
      "the gradient of input \(input) in a random direction: \(slope), off by \(error)")
  }

  private func expectClose(
    _ found: [Float], _ expected: [Double], _ what: String, _ scale: Double = 0
  ) {
    let largest = max(1, scale, expected.map(abs).max() ?? 0)
    for (i, (x, y)) in zip(found, expected).enumerated()
    where !(abs(Double(x) - y) <= tolerance * largest) {
      Issue.record("\(testDescription): \(what) at \(i) is \(x) instead of \(y)")
      return
    }
  }
}
