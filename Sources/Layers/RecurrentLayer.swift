import Autograd
import Compute

/// A layer that goes through sequences step by step and carries a state along.
public protocol RecurrentLayer: Module {
  /// [inputs, gates size], the gates side by side.
  var weightIh: Parameter { get }

  /// [size, gates size].
  var weightHh: Parameter { get }

  /// [gates size]; added to the inputs' products.
  var biasIh: Parameter { get }

  /// [gates size]; added to the hidden states' products.
  var biasHh: Parameter { get }

  /// The state before the first step of any text: zeros.
  func initialState(batch: Int) -> RecurrentState

  /// The hidden states of all steps, [B, T, size], given the inputs' products with `weightIh`,
  /// [B, T, gates size], and the state after the last one.
  func states(
    of products: Tensor, from state: RecurrentState
  ) -> (output: Tensor, state: RecurrentState)

  /// The state after a single step, of which nothing is recorded, given the inputs' products with `weightIh`,
  /// [B, gates size], and `weightHh` in low precision.
  func state(
    after products: Values, from state: RecurrentState, reading matrix: LowPrecisionMatrix
  ) -> RecurrentState
}

extension RecurrentLayer {
  /// How many elements the hidden state has.
  public var size: Int { weightHh.shape[0] }

  /// x [B, T, inputs] to the hidden states of all steps, [B, T, size], and the state after the last one.
  public func callAsFunction(
    _ x: Tensor, from state: RecurrentState
  ) -> (output: Tensor, state: RecurrentState) {
    states(of: linear(x, weightIh.tensor), from: state)
  }

  /// The same for tokens of [B, T], each an input that is one at its place and zero elsewhere: its
  /// product is a row of the weight.
  public func callAsFunction(
    tokens: [Int32], from state: RecurrentState
  ) -> (output: Tensor, state: RecurrentState) {
    let (batch, width) = (state.hidden.shape[0], weightIh.shape[1])
    precondition(
      batch > 0 && tokens.count % batch == 0, "\(tokens.count) tokens in \(batch) sequences")
    let products = embedding(tokens, weightIh.tensor)
    return states(of: reshape(products, to: [batch, tokens.count / batch, width]), from: state)
  }
}

/// What a recurrent layer remembers of each sequence.
public struct RecurrentState: Sendable {
  /// [B, size]: its latest output.
  public var hidden: Values
  /// [B, size]: the cells of an LSTM; nil for a GRU.
  public var cell: Values?

  /// A state of those parts.
  public init(hidden: Values, cell: Values? = nil) { (self.hidden, self.cell) = (hidden, cell) }
}
