import Autograd

extension OpCase {
  static let elementwise: [OpCase] =
    [[1], [0], [3, 5], [2, 3, 7, 33]].flatMap { shape -> [OpCase] in
      let (a, b) = (Input(shape), Input(shape))
      return [
        OpCase(.add, "a + b of \(shape)", [a, b]) {
          $0[0] + $0[1]
        } reference: {
          $0[0].combined(with: $0[1], +)
        },
        OpCase(.subtract, "a - b of \(shape)", [a, b]) {
          $0[0] - $0[1]
        } reference: {
          $0[0].combined(with: $0[1], -)
        },
        OpCase(.multiply, "a b of \(shape)", [a, b]) {
          $0[0] * $0[1]
        } reference: {
          $0[0].combined(with: $0[1], *)
        },
        OpCase(.affine, "0.5 - 3 a of \(shape)", [a]) {
          affine($0[0], scale: -3, shift: 0.5)
        } reference: {
          $0[0].map { 0.5 - 3 * $0 }
        },
        OpCase(.sum, "of \(shape)", [a], tolerance: 1e-5) {
          sum($0[0])
        } reference: {
          .scalar($0[0].elements.reduce(0, +))
        },
      ]
    } + fans

  /// Inputs that reach the result on several ways, where gradients meet.
  private static let fans: [OpCase] = [
    OpCase(.add, "a + a", [Input(2, 3)]) {
      $0[0] + $0[0]
    } reference: {
      $0[0].map { 2 * $0 }
    },
    OpCase(.subtract, "a - a", [Input(2, 3)]) {
      $0[0] - $0[0]
    } reference: {
      $0[0].map { _ in 0 }
    },
    OpCase(.multiply, "a a", [Input(2, 3)]) {
      $0[0] * $0[0]
    } reference: {
      $0[0].map { $0 * $0 }
    },
    OpCase(.add, "a residual branch, a + a b", [Input(2, 3), Input(2, 3)]) {
      $0[0] + $0[0] * $0[1]
    } reference: {
      $0[0].combined(with: $0[1]) { $0 + $0 * $1 }
    },
    OpCase(.add, "two residual branches", [Input(4, 3), Input(3, 3)]) { x in
      let first = x[0] + matmul(x[0], x[1])
      return first + matmul(first, x[1])
    } reference: { x in
      let first = x[0].combined(with: Naive.linear(x[0], x[1]), +)
      return first.combined(with: Naive.linear(first, x[1]), +)
    },
    OpCase(.reshape, "fanning out", [Input(2, 6)]) { x in
      let (a, b) = (reshape(x[0], to: [3, 4]), reshape(x[0], to: [4, 3]))
      return matmul(a, b)
    } reference: {
      Naive.linear($0[0].reshaped([3, 4]), $0[0].reshaped([4, 3]))
    },
    OpCase(.matmul, "a weight used twice", [Input(5, 3), Input(3, 3)]) {
      matmul(matmul($0[0], $0[1]), $0[1])
    } reference: {
      Naive.linear(Naive.linear($0[0], $0[1]), $0[1])
    },
    OpCase(.affine, "of a slice and of the whole", [Input(2, 4)]) {
      sum(affine(slice($0[0], 1..<3), scale: 3)) + sum($0[0])
    } reference: { x in
      .scalar((0..<8).reduce(0) { $0 + x[0].elements[$1] * ([1, 2].contains($1 % 4) ? 4 : 1) })
    },
    OpCase(.mean, "of [3, 5]", [Input(3, 5)]) {
      mean($0[0])
    } reference: {
      .scalar($0[0].elements.reduce(0, +) / 15)
    },
  ]
}
