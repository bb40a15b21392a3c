import Compute
import KernelInterface

@testable import Autograd

extension OpCase {
  static let linear: [OpCase] =
    matmuls + mlps
    + [Activation.identity, .gelu, .reluSquared].flatMap { activation in
      [[1, 1], [3, 17], [2, 3, 65], [0, 4]].flatMap { shape -> [OpCase] in
        let k = shape[shape.count - 1]
        return [1, 33].map { n in
          let inputs = [Input(shape), Input(k, n), Input(n)]
          return OpCase(.linear, "\(shape) to \(n), \(activation)", inputs) {
            Autograd.linear($0[0], $0[1], bias: $0[2], activation: activation)
          } reference: {
            Naive.linear($0[0], $0[1], bias: $0[2]).activated(activation)
          }
        }
      }
    }

  private static let mlps: [OpCase] = [Activation.gelu, .reluSquared, .tanh].flatMap {
    activation -> [OpCase] in
    // In one block, and in several of which the last is short; kept, and made again.
    [[3, 5], [2, 4, 7], [17, 3], [18, 3], [0, 4]].map { (shape: [Int]) -> OpCase in
      let (channels, features, columns) = (shape[shape.count - 1], 9, 6)
      let inputs = [
        Input(shape), Input(channels, features), Input(features), Input(features, columns),
        Input(columns),
      ]
      return OpCase(.mlp, "\(shape), \(activation)", inputs) {
        mlp(
          $0[0], hidden: ($0[1], $0[2]), activation: activation, output: ($0[3], $0[4]),
          rowsPerBlock: 5, mostKept: 17 * 9 * 4)
      } reference: {
        Naive.linear(
          Naive.linear($0[0], $0[1], bias: $0[2]).activated(activation), $0[3], bias: $0[4])
      }
    }
  }

  private static let matmuls: [OpCase] = [
    (1, 1, 1), (5, 17, 3), (7, 65, 33), (0, 4, 3), (2, 3, 0),
  ].flatMap {
    (m, n, k) -> [OpCase] in
    [
      OpCase(.matmul, "[\(m), \(k)] by [\(k), \(n)]", [Input(m, k), Input(k, n)]) {
        matmul($0[0], $0[1])
      } reference: {
        Naive.linear($0[0], $0[1])
      },
      OpCase(
        .matmul, "[\(m), \(k)] by [\(n), \(k)], transposed", [Input(m, k), Input(n, k)]
      ) {
        matmul($0[0], $0[1], transposeB: true)
      } reference: {
        Naive.linear($0[0], Naive.transposed($0[1]))
      },
    ]
  }
}
