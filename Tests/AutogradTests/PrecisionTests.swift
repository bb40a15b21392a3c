import Compute
import TestSupport
import Testing

@testable import Autograd

/// Ops round as the scope says in which they are recorded.
@Suite struct PrecisionTests {
  /// Values and gradients of a linear layer, a convolution and an MLP; the backward pass is outside the scope.
  private func elements(_ precision: Precision) -> [[Float]] {
    let random = RandomStream(seed: 1, purpose: .initialization)
    let tape = Tape()
    let shapes = [[16, 24], [3, 3, 16, 16], [16, 32], [32, 16], [2, 5, 5, 16]]
    let inputs = shapes.enumerated().map { tape.watch(random.normals($1, step: $0)) }
    let outputs = Precision.$current.withValue(precision) {
      tape.record {
        let y = conv2D(inputs[4], inputs[1], padding: 1)
        let z = mlp(
          y, hidden: (inputs[2], nil), activation: .silu, output: (inputs[3], nil))
        return [y, z, linear(z, inputs[0])]
      }
    }
    let gradients = tape.gradients(of: outputs[2], cotangent: outputs[2].values)
    return outputs.map(\.values.elements) + inputs.map { gradients[$0].elements }
  }

  @Test func anOpKeepsItsPrecision() {
    let (exact, rounded) = (elements(.float32), elements(.bfloat16Amx))
    for (exact, rounded) in zip(exact, rounded) {
      let scale = exact.map { abs($0) }.max() ?? 0
      let worst = zip(exact, rounded).map { abs($0 - $1) }.max() ?? 0
      // Eight bits of mantissa, sums of hundreds of products, three layers.
      #expect(worst > 1e-5 * scale && worst < 4e-2 * scale, "\(worst / scale)")
    }
    #expect(elements(.float32) == exact)
  }
}
