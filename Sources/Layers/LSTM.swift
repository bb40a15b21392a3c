import Autograd
import Compute

/// One layer of long short-term memory: Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997).
public struct LSTM: RecurrentLayer {
  /// [inputs, 4 size]: the gates i, f, g, o side by side.
  public let weightIh: Parameter
  /// [size, 4 size].
  public let weightHh: Parameter
  /// [4 size].
  public let biasIh: Parameter
  /// [4 size].
  public let biasHh: Parameter

  /// A layer of that size, whose initialization is PyTorch's: uniform, the bound 1 / sqrt(size).
  ///
  /// - Parameter forgetBias: is added to the forget gate's bias; with 1, a new memory keeps what it has.
  ///   Jozefowicz et al., "An Empirical Exploration of Recurrent Network Architectures" (2015).
  public init(_ inputs: Int, _ size: Int, forgetBias: Float = 0) {
    let uniform = Initializer.uniform(bound: 1 / Float(size).squareRoot())
    weightIh = Parameter([inputs, 4 * size], uniform)
    weightHh = Parameter([size, 4 * size], uniform)
    biasIh = Parameter([4 * size], .raised(uniform, by: forgetBias, in: size..<2 * size))
    biasHh = Parameter([4 * size], uniform)
  }

  /// The state before the first token.
  public func initialState(batch: Int) -> RecurrentState {
    RecurrentState(hidden: .zeros([batch, size]), cell: .zeros([batch, size]))
  }

  /// See `RecurrentLayer`.
  public func states(
    of products: Tensor, from state: RecurrentState
  ) -> (output: Tensor, state: RecurrentState) {
    let result = lstm(
      products, weight: weightHh.tensor, inputBias: biasIh.tensor, recurrentBias: biasHh.tensor,
      hidden: Tensor(constant: state.hidden),
      cell: Tensor(constant: state.cell ?? .zeros(state.hidden.shape)))
    return (result.output, RecurrentState(hidden: result.hidden, cell: result.cell))
  }

  /// See `RecurrentLayer`.
  public func state(
    after products: Values, from state: RecurrentState, reading matrix: LowPrecisionMatrix
  ) -> RecurrentState {
    let batch = products.shape[0]
    let before = state.cell ?? .zeros(state.hidden.shape)
    let bias = Values([4 * size]) {
      Elementwise.combine(
        .add, biasIh.values.pointer, biasHh.values.pointer, into: $0, count: 4 * size)
    }
    let (gates, cell) = (Values(products.shape), Values([batch, size]))
    let hidden = Values([batch, size]) {
      LongShortTermMemory(batch: batch, steps: 1, size: size).forward(
        products.pointer, bias: bias.pointer, weight: weightHh.values.pointer, matrix: matrix,
        from: .init(hidden: state.hidden.pointer, cell: before.pointer),
        into: gates.storage.base, cell: cell.storage.base, hidden: $0)
    }
    return RecurrentState(hidden: hidden, cell: cell)
  }
}
