import Autograd

extension OpCase {
  static let linear: [OpCase] = [(1, 1, 1), (5, 17, 3), (7, 65, 33), (0, 4, 3), (2, 3, 0)].flatMap {
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
