import Compute
import Testing

@testable import Autograd

@Suite struct NonFiniteSearchTests {
  private let slab = ParameterSlab(
    ["first.weight", "second.weight"].map {
      (entry: SlabEntry(path: $0, shape: [2, 2]), group: .decay)
    })

  /// Two layers of that first weight, with what `body` does between them.
  private func origin(
    weight: [Float] = [1, 2, 3, 4], x: [Float] = [1, 2], _ between: (Tensor) -> Tensor = { $0 }
  ) -> NonFiniteOrigin? {
    slab.update { values in
      for (index, entry) in slab.entries.enumerated() {
        for i in 0..<4 { values[entry.offset + i] = index == 0 ? weight[i] : 1 }
      }
    }
    return NonFiniteSearch.origin {
      _ = valueAndGradients(of: slab) {
        let h = between(linear(Tensor([1, 2], x), slab.tensor(at: 0)))
        return sum(linear(h, slab.tensor(at: 1)))
      }
    }
  }

  @Test func whereAllIsFiniteNothingIsFound() {
    #expect(origin() == nil)
  }

  @Test func dataIsNamed() {
    let found = origin(x: [1, .nan])
    #expect(found == NonFiniteOrigin(op: "linear", layer: "first.weight", source: .data))
  }

  @Test func aParameterIsNamed() {
    let found = origin(weight: [1, .infinity, 0, 0])
    #expect(found?.source == .parameter("first.weight"))
  }

  @Test func theFirstOpIsNamedAndTheLayerBeforeIt() {
    let found = origin { record(.multiply, Values([1, 2], [.infinity, 1]), from: $0) { _, _ in } }
    #expect(found == NonFiniteOrigin(op: "multiply", layer: "first.weight", source: .value))
  }

  @Test func aGradientIsNamed() {
    let found = origin { h in
      record(.activation, h.values, from: h) { _, gradients in
        gradients.write(to: h) { destination, _ in
          (destination[0], destination[1]) = (0, .nan)
        }
      }
    }
    #expect(found == NonFiniteOrigin(op: "activation", layer: "first.weight", source: .gradient))
    #expect("\(found!)" == "the gradient of activation, layer first.weight")
  }
}
