import Autograd
import Compute
import Foundation
import KernelInterface

extension OpCase {
  static let activations: [OpCase] =
    [
      Activation.identity, .relu, .reluSquared, .leakyRelu(slope: 0.2), .tanh, .sigmoid, .silu,
      .gelu, .geluTanh,
    ].flatMap { activation -> [OpCase] in
      [[1], [0, 3], [3, 5], [2, 3, 47]].map { shape in
        let input = Input(shape, in: -5...5)
        return OpCase(.activation, "\(activation) of \(shape)", [input]) {
          activate($0[0], activation)
        } reference: {
          $0[0].activated(activation)
        }
      }
    } + [
      OpCase(.activation, "relu(a) + a", [Input(3, 5)]) {
        relu($0[0]) + $0[0]
      } reference: {
        $0[0].map { max($0, 0) + $0 }
      }
    ]
    + [[2], [0, 6], [3, 10], [2, 3, 94]].map { shape in
      OpCase(.swiglu, "of \(shape)", [Input(shape, in: -5...5)]) {
        swiglu($0[0])
      } reference: { x in
        let columns = x[0].columns / 2
        return Reference(shape.dropLast() + [columns]) {
          let place = $0 / columns * 2 * columns + $0 % columns
          let gate = x[0].elements[place]
          return gate / (1 + exp(-gate)) * x[0].elements[place + columns]
        }
      }
    }
}

extension OpCase {
  /// The inputs of an activation, on both sides of its kink: they have no gradient of their own.
  private static let places: [Float] = (0..<15).map { $0.isMultiple(of: 2) ? 1 : -1 }

  static let activationTangents: [OpCase] = [
    activationTangent(.identity, slopes: (1, 1)), activationTangent(.relu, slopes: (0, 1)),
    activationTangent(.leakyRelu(slope: 0.25), slopes: (0.25, 1)),
  ]

  private static func activationTangent(
    _ activation: Activation, slopes: (below: Double, above: Double)
  ) -> OpCase {
    OpCase(.activationTangent, "\(activation)", [Input(3, 5)]) { inputs in
      let outputs = activate(Tensor(constant: Values([3, 5], places)), activation)
      return Autograd.activationTangent(inputs[0], activation, at: outputs)
    } reference: { tangents in
      Reference([3, 5]) { place in
        tangents[0].elements[place] * (places[place] < 0 ? slopes.below : slopes.above)
      }
    }
  }
}

extension Reference {
  /// The activation of each element.
  func activated(_ activation: Activation) -> Reference {
    switch activation {
    case .identity: self
    case .relu: map { max($0, 0) }
    case .reluSquared: map { max($0, 0) * max($0, 0) }
    case .leakyRelu(let slope): map { $0 < 0 ? Double(slope) * $0 : $0 }
    case .tanh: map { Foundation.tanh($0) }
    case .sigmoid: map { 1 / (1 + exp(-$0)) }
    case .silu: map { $0 / (1 + exp(-$0)) }
    case .gelu: map { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }
    case .geluTanh:
      map {
        $0 / 2
          * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      }
    }
  }
}
