import Autograd
import Compute
import Layers

/// A recurrent model's matrices in low precision.
struct LowPrecisionRecurrence {
  /// Those of each layer.
  let layers: [Layer]
  /// From the last layer's state to logits.
  let head: LowPrecisionMatrix

  /// Those of a layer.
  struct Layer {
    /// Nil where tokens are taken as they are, and a product is a row.
    let input: LowPrecisionMatrix?
    let recurrent: LowPrecisionMatrix
  }

  var matrices: [LowPrecisionMatrix] {
    layers.flatMap { [$0.input, $0.recurrent].compactMap(\.self) } + [head]
  }
}

extension RecurrentModel {
  /// See `LanguageModel`. What is looked up, a token's vector or its row of the first layer's weight, stays as it is.
  public func rounded(to precision: WeightPrecision) -> RecurrentModel {
    guard precision != .float32 else { return self }
    var rounded = self
    rounded.lowPrecision = LowPrecisionRecurrence(
      layers: rnn.enumerated().map { index, layer in
        let isLookedUp = index == 0 && embedding == nil
        return LowPrecisionRecurrence.Layer(
          input: isLookedUp ? nil : layer.weightIh.round(to: precision),
          recurrent: layer.weightHh.round(to: precision))
      },
      head: head.weight.round(to: precision))
    return rounded
  }

  /// See `LanguageModel`.
  public var weightBytes: Int {
    (lowPrecision?.matrices ?? []).reduce(4 * parameterCount) {
      $0 - 4 * $1.depth * $1.columns + $1.bytes
    }
  }

  /// The logits [batch, vocabulary] of what follows one token of each text, and the state after it: what the ops compute,
  /// bit for bit, from matrices in low precision.
  func step(
    _ tokens: [Int32], from state: [RecurrentState], _ low: LowPrecisionRecurrence
  ) -> (logits: Values, state: [RecurrentState]) {
    func product(
      _ x: Values, _ matrix: LowPrecisionMatrix, _ weight: Parameter, bias: Parameter? = nil
    ) -> Values {
      // With four columns or fewer the prompt's products have another order of their sums.
      guard matrix.columns > 4 else {
        return linear(Tensor(constant: x), weight.tensor, bias: bias?.tensor).values
      }
      return Values([tokens.count, matrix.columns]) {
        matrix(x.pointer, rows: tokens.count, into: $0, bias: bias?.values.pointer)
      }
    }
    var x = embedding?(tokens).values
    var next: [RecurrentState] = []
    for (index, layer) in rnn.enumerated() {
      let products =
        if let x, let matrix = low.layers[index].input {
          product(x, matrix, layer.weightIh)
        } else {
          Autograd.embedding(tokens, layer.weightIh.tensor).values
        }
      let after = layer.state(
        after: products, from: state[index], reading: low.layers[index].recurrent)
      x = after.hidden
      next.append(after)
    }
    guard let x else { preconditionFailure("a recurrent model of no layers") }
    return (product(x, low.head, head.weight, bias: head.bias), next)
  }
}
