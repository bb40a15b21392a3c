import KernelInterface
import Testing

@testable import Compute

/// A row's MLP against the two products that it stands for.
@Suite struct RowMLPTests {
  @Test(arguments: [
    (channels: 16, features: 64, columns: 16), (8, 5, 5), (400, 1600, 400), (128, 385, 65),
    (5, 769, 130),
  ])
  func sameBitsAsTwoProducts(channels: Int, features: Int, columns: Int) {
    let x = numbers(channels, 1)
    let (w1, b1) = (numbers(channels * features, 2), numbers(features, 3))
    let (w2, b2) = (numbers(features * columns, 4), numbers(columns, 5))
    for (hasBias, activation) in [(true, Activation.gelu), (false, .reluSquared)] {
      _ = everywhere {
        let (b1, b2) = (hasBias ? b1 : nil, hasBias ? b2 : nil)
        let hidden = Values([features]) {
          MatrixProduct(m: 1, n: features, k: channels)(
            x, w1, into: $0, bias: b1, activation: activation)
        }
        let expected = Values([columns]) {
          MatrixProduct(m: 1, n: columns, k: features)(hidden.pointer, w2, into: $0, bias: b2)
        }
        let (v1, v2) = (Values([channels, features], w1), Values([features, columns], w2))
        let (c1, c2) = (b1.map { Values([features], $0) }, b2.map { Values([columns], $0) })
        let mlp = RowMLP(channels: channels, features: features, columns: columns)
        let y = Values([columns]) {
          mlp(
            x, hidden: (v1.pointer, c1?.pointer), activation: activation,
            output: (v2.pointer, c2?.pointer), into: $0)
        }
        #expect(y.elements == expected.elements)
        return y.elements
      }
    }
  }
}
