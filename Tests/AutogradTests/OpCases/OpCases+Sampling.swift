import Autograd
import Compute

extension OpCase {
  static let sampling: [OpCase] = [[1, 1], [3, 5, 7], [2, 0]].map { shape in
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
