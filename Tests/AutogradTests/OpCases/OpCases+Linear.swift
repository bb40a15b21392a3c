import Autograd
import Compute

extension OpCase {
  static let linear: [OpCase] =
    matrixProducts
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

  private static let matrixProducts: [OpCase] = [
    (1, 1, 1), (5, 17, 3), (7, 65, 33), (0, 4, 3), (2, 3, 0),
  ].flatMap {
    (m, n, k) -> [OpCase] in
    [
      OpCase(.matrixProduct, "[\(m), \(k)] by [\(k), \(n)]", [Input(m, k), Input(k, n)]) {
        matrixProduct($0[0], $0[1])
      } reference: {
        Naive.linear($0[0], $0[1])
      },
      OpCase(
        .matrixProduct, "[\(m), \(k)] by [\(n), \(k)], transposed", [Input(m, k), Input(n, k)]
      ) {
        matrixProduct($0[0], $0[1], transposeB: true)
      } reference: {
        Naive.linear($0[0], Naive.transposed($0[1]))
      },
    ]
  }
}
