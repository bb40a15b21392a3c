import Autograd
import Compute

extension OpCase {
  static let losses: [OpCase] =
    [(1, 2), (3, 5), (7, 65)].map { (rows, columns) in
      let targets = (0..<rows).map { Int32($0 * 7 % columns) }
      return OpCase(.crossEntropy, "[\(rows), \(columns)]", [Input(rows, columns, in: -6...6)]) {
        crossEntropy($0[0], targets)
      } reference: {
        Naive.crossEntropy($0[0], targets)
      }
    }
    + [[1], [4, 1], [3, 17]].flatMap { shape -> [OpCase] in
      let logits = Input(shape, in: -8...8)
      return [0, 1, 0.9].map { target in
        OpCase(.binaryCrossEntropy, "\(shape) with \(target)", [logits]) {
          binaryCrossEntropy(logits: $0[0], target: target)
        } reference: {
          Naive.binaryCrossEntropy($0[0], $0[0].elements.map { _ in Double(target) })
        }
      } + [
        OpCase(.binaryCrossEntropy, "\(shape) with a target each", [logits]) {
          binaryCrossEntropy(logits: $0[0], targets: binaryTargets($0[0].count))
        } reference: {
          Naive.binaryCrossEntropy($0[0], binaryTargets($0[0].count).map { Double($0) })
        },
        OpCase(.meanSquaredError, "of \(shape)", [Input(shape), Input(shape)]) {
          meanSquaredError($0[0], $0[1])
        } reference: { x in
          let squares = x[0].combined(with: x[1]) { ($0 - $1) * ($0 - $1) }
          return .scalar(squares.elements.reduce(0, +) / Double(squares.count))
        },
      ]
    }
    + [[1], [3, 17], [2, 3, 5, 40]].map { shape in
      let weights = (0..<shape[0]).map { 0.5 + Float($0) }
      let target = Values(shape, (0..<shape.reduce(1, *)).map { Float($0 * 7 % 11) / 5 - 1 })
      return OpCase(.weightedMeanSquaredError, "of \(shape)", [Input(shape)]) {
        meanSquaredError($0[0], target, weights: weights)
      } reference: { x in
        let columns = x[0].count / weights.count
        let squares = x[0].elements.indices.map { place in
          let difference = x[0].elements[place] - Double(target.elements[place])
          return Double(weights[place / columns]) * difference * difference
        }
        return .scalar(squares.reduce(0, +) / Double(squares.count))
      }
    } + [
      OpCase(.activation, "a hinge loss of relu and mean", [Input(3, 5)]) {
        mean(relu(1 - $0[0]))
      } reference: { x in
        .scalar(x[0].elements.reduce(0) { $0 + max(1 - $1, 0) } / 15)
      }
    ]

  /// Targets of a binary cross-entropy.
  private static func binaryTargets(_ count: Int) -> [Float] {
    (0..<count).map { Float($0 * 7 % 11) / 10 }
  }
}
