import Compute
import Testing

@testable import Layers

@Suite struct InitializerTests {
  private func draw(_ initializer: Initializer, _ shape: [Int], layer: Int = 0) -> [Float] {
    Values(shape) {
      initializer.fill(
        $0, shape: shape, from: RandomStream(seed: 7, purpose: .initialization, layer: layer))
    }.elements
  }

  private func deviation(_ elements: [Float]) -> Float {
    (elements.reduce(0) { $0 + $1 * $1 } / Float(elements.count)).squareRoot()
  }

  /// A uniform distribution's deviation is its bound over sqrt(3).
  @Test func uniformBounds() {
    let (linear, kernel) = ([64, 48], [3, 3, 16, 32])
    let cases: [(Initializer, [Int], Float)] = [
      (.uniform(bound: 0.3), linear, 0.3),
      (.standard, linear, 1 / 8),
      (.standard, kernel, 1 / 12),
      (.kaimingUniform(negativeSlope: 0), kernel, (6 / Float(144)).squareRoot()),
      (.xavierUniform(), linear, (6 / Float(112)).squareRoot()),
      (.xavierUniform(gain: 2), kernel, 2 * (6 / Float(9 * 48)).squareRoot()),
    ]
    for (initializer, shape, bound) in cases {
      let elements = draw(initializer, shape)
      #expect(elements.allSatisfy { abs($0) <= bound })
      #expect(abs(deviation(elements) * Float(3).squareRoot() / bound - 1) < 0.05)
    }
  }

  @Test func normalDeviations() {
    #expect(abs(deviation(draw(.normal(standardDeviation: 0.02), [64, 64])) / 0.02 - 1) < 0.05)
    let xavier = deviation(draw(.xavierNormal(), [64, 48]))
    #expect(abs(xavier / (2 / Float(112)).squareRoot() - 1) < 0.05)
    let shifted = draw(.normal(mean: 1, standardDeviation: 0.02), [64, 64])
    #expect(abs(shifted.reduce(0, +) / 4096 - 1) < 0.002)
  }

  @Test func biasesOfTheStandard() {
    #expect(Initializer.standardBias(ofWeight: [3, 3, 16, 32]) == .uniform(bound: 1 / 12))
    #expect(Initializer.standardBias(ofWeight: [0, 4]) == .uniform(bound: 1))
  }

  @Test func aModelStartsTheSameFromASeed() {
    struct Model: Module {
      let first = Parameter([3, 4], .standard)
      let second = Parameter([3, 4], .standard)
    }
    func elements(seed: UInt64) -> [[Float]] {
      let model = Model()
      model.initialize(seed: seed)
      return model.parameters.map(\.value.values.elements)
    }
    let model = elements(seed: 1)
    #expect(elements(seed: 1) == model)
    #expect(elements(seed: 2)[0] != model[0])
    #expect(model[0] != model[1])
  }
}
