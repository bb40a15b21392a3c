import Autograd
import Compute

/// One layer of gated recurrent units: Cho et al., "Learning Phrase Representations using RNN
/// Encoder-Decoder" (2014).
public struct GRU: RecurrentLayer {
  /// [inputs, 3 size]: the gates r, z, n side by side.
  public let weightIh: Parameter
  /// [size, 3 size].
  public let weightHh: Parameter
  /// [3 size].
  public let biasIh: Parameter
  /// [3 size].
  public let biasHh: Parameter

  /// A layer of that size, whose initialization is PyTorch's: uniform, the bound 1 / sqrt(size).
  public init(_ inputs: Int, _ size: Int) {
    let uniform = Initializer.uniform(bound: 1 / Float(size).squareRoot())
    weightIh = Parameter([inputs, 3 * size], uniform)
    weightHh = Parameter([size, 3 * size], uniform)
    biasIh = Parameter([3 * size], uniform)
    biasHh = Parameter([3 * size], uniform)
  }

  /// The state before the first token.
  public func initialState(batch: Int) -> RecurrentState {
    RecurrentState(hidden: .zeros([batch, size]))
  }

  /// See `RecurrentLayer`.
  public func states(
    of products: Tensor, from state: RecurrentState
  ) -> (output: Tensor, state: RecurrentState) {
    let result = gru(
      products, weight: weightHh.tensor, inputBias: biasIh.tensor, recurrentBias: biasHh.tensor,
      hidden: Tensor(constant: state.hidden))
    return (result.output, RecurrentState(hidden: result.hidden))
  }

  /// See `RecurrentLayer`.
  public func state(
    after products: Values, from state: RecurrentState, reading matrix: LowPrecisionMatrix
  ) -> RecurrentState {
    let batch = products.shape[0]
    let gates = Values([batch, 4 * size])
    let hidden = Values([batch, size]) {
      GatedRecurrentUnit(batch: batch, steps: 1, size: size).forward(
        products.pointer, bias: biasIh.values.pointer, weight: weightHh.values.pointer,
        matrix: matrix, recurrentBias: biasHh.values.pointer, from: state.hidden.pointer,
        into: gates.storage.base, hidden: $0)
    }
    return RecurrentState(hidden: hidden)
  }
}
