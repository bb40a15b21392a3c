import Autograd
import Compute
import Foundation

extension OpCase {
  /// Sequences, steps and size: one of each, parts of vectors and tiles, and several tasks.
  private static let recurrentSizes = [
    (1, 1, 1), (3, 1, 5), (2, 5, 3), (1, 4, 17), (14, 3, 9), (0, 2, 2), (2, 0, 2),
  ]

  static let recurrent: [OpCase] = recurrentSizes.flatMap { batch, steps, size in
    let label = "[\(batch), \(steps)] steps of \(size)"
    func inputs(gates: Int, states: Int) -> [Input] {
      let width = gates * size
      return [Input(batch, steps, width), Input(size, width), Input(width), Input(width)]
        + Array(repeating: Input(batch, size), count: states)
    }
    return [
      OpCase(.lstm, label, inputs(gates: 4, states: 2), tolerance: 4e-6) {
        lstm(
          $0[0], weight: $0[1], inputBias: $0[2], recurrentBias: $0[3], hidden: $0[4], cell: $0[5]
        ).output
      } reference: {
        Naive.lstm($0)
      },
      OpCase(.gru, label, inputs(gates: 3, states: 1), tolerance: 4e-6) {
        gru($0[0], weight: $0[1], inputBias: $0[2], recurrentBias: $0[3], hidden: $0[4]).output
      } reference: {
        Naive.gru($0)
      },
    ]
  }
}

extension Naive {
  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// x, weight, both biases, hidden, cell.
  static func lstm(_ inputs: [Reference]) -> Reference {
    let size = inputs[4].columns
    var cell = inputs[5].elements
    return overTime(inputs) { row, x, products in
      let sums = products.indices.map {
        x[$0] + inputs[2].elements[$0] + products[$0] + inputs[3].elements[$0]
      }
      return (0..<size).map { k in
        let place = row * size + k
        cell[place] =
          sigmoid(sums[size + k]) * cell[place] + sigmoid(sums[k]) * tanh(sums[2 * size + k])
        return sigmoid(sums[3 * size + k]) * tanh(cell[place])
      }
    }
  }

  /// x, weight, both biases, hidden.
  static func gru(_ inputs: [Reference]) -> Reference {
    let size = inputs[4].columns
    var hidden = inputs[4].elements
    return overTime(inputs) { row, x, products in
      let input = x.indices.map { x[$0] + inputs[2].elements[$0] }
      let recurrent = products.indices.map { products[$0] + inputs[3].elements[$0] }
      return (0..<size).map { k in
        let (r, z) = (
          sigmoid(input[k] + recurrent[k]), sigmoid(input[size + k] + recurrent[size + k])
        )
        let n = tanh(input[2 * size + k] + r * recurrent[2 * size + k])
        let place = row * size + k
        hidden[place] = (1 - z) * n + z * hidden[place]
        return hidden[place]
      }
    }
  }

  /// The hidden states of all steps; `cell` makes a row's next one of its input, and of the products of
  /// its hidden state with the weight.
  private static func overTime(
    _ inputs: [Reference], _ cell: (_ row: Int, _ x: [Double], _ products: [Double]) -> [Double]
  ) -> Reference {
    let (x, weight, initial) = (inputs[0], inputs[1], inputs[4])
    let (batch, steps, size, width) = (x.shape[0], x.shape[1], initial.columns, weight.columns)
    var y = Reference([batch, steps, size]) { _ in 0 }
    for row in 0..<batch {
      var hidden = Array(initial.elements[row * size..<(row + 1) * size])
      for step in 0..<steps {
        let start = (row * steps + step) * width
        let products = (0..<width).map { column in
          (0..<size).reduce(0) { $0 + hidden[$1] * weight.elements[$1 * width + column] }
        }
        hidden = cell(row, Array(x.elements[start..<start + width]), products)
        for k in 0..<size { y.elements[(row * steps + step) * size + k] = hidden[k] }
      }
    }
    return y
  }
}
