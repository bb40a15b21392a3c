import Autograd
import Compute

extension OpCase {
  static let sampling: [OpCase] = embeddings + dropouts

  private static let embeddings: [OpCase] =
    [(1, 1, [0]), (5, 3, [4, 0, 4, 4, 1]), (3, 65, [2, 2]), (4, 2, [])].map {
      (rows, columns, tokens: [Int32]) in
      OpCase(.embedding, "\(tokens) in [\(rows), \(columns)]", [Input(rows, columns)]) {
        embedding(tokens, $0[0])
      } reference: { x in
        Reference([tokens.count, columns]) {
          x[0].elements[Int(tokens[$0 / columns]) * columns + $0 % columns]
        }
      }
    }

  private static let dropouts: [OpCase] = [[1, 1], [3, 5, 7], [2, 0]].map { shape in
    let stream = RandomStream(seed: 3, purpose: .dropout, layer: 2)
    // What is kept, as the op itself has it: a test of the stream holds that.
    let kept = dropout(
      Tensor(shape, Array(repeating: 1, count: shape.reduce(1, *))), rate: 0.25, from: stream,
      step: 4
    ).values.elements.map { $0 > 0 ? 1 / 0.75 : 0.0 }
    return OpCase(.dropout, "of \(shape)", [Input(shape)]) {
      dropout($0[0], rate: 0.25, from: stream, step: 4)
    } reference: { x in
      Reference(shape) { x[0].elements[$0] * kept[$0] }
    }
  }
}
