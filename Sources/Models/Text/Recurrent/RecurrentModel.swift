import Autograd
import Layers

/// A recurrent language model in the manner of Karpathy's char-rnn (2015): layers of LSTM or GRU on top
/// of each other, and a linear layer to the logits.
public struct RecurrentModel: LanguageModel {
  /// The sizes.
  public let configuration: RecurrentConfiguration
  /// A vector for each token; nil where the first layer takes tokens as they are.
  public let embedding: Embedding?
  /// The layers, of one kind.
  public let rnn: [any RecurrentLayer]
  /// From the last layer's state to logits.
  public let head: Linear
  private let dropout: Dropout
  /// The matrices as a text's next tokens read them; nil for the parameters themselves.
  var lowPrecision: LowPrecisionRecurrence?

  /// A model of that configuration, whose vocabulary is known.
  public init(_ configuration: RecurrentConfiguration) {
    self.configuration = configuration
    let (vocabulary, hidden) = (configuration.vocabularySize ?? 1, configuration.hidden)
    embedding = configuration.embedding.map { Embedding(vocabulary, $0) }
    rnn = (0..<configuration.layers).map { layer in
      let inputs = layer == 0 ? configuration.embedding ?? vocabulary : hidden
      return switch configuration.cell {
      case .lstm: LSTM(inputs, hidden, forgetBias: configuration.forgetBias)
      case .gru: GRU(inputs, hidden)
      }
    }
    head = Linear(hidden, vocabulary)
    dropout = Dropout(configuration.dropout)
  }

  /// How many tokens there are.
  public var vocabularySize: Int { configuration.vocabularySize ?? 1 }

  /// How many tokens it learns from at a time.
  public var context: Int { configuration.context }

  /// The state of all layers before the first token of `batch` texts.
  public func initialState(batch: Int) -> [RecurrentState] {
    rnn.map { $0.initialState(batch: batch) }
  }

  /// The logits of what follows each token, [batch, T, vocabulary], and the state after the last one;
  /// `tokens` are those of the state's texts, of one length, one text after the other.
  public func callAsFunction(
    _ tokens: [Int32], from state: [RecurrentState]
  ) -> (logits: Tensor, state: [RecurrentState]) {
    let (output, state) = hidden(tokens, from: state)
    return (head(output), state)
  }

  /// What comes out of the last layer, [batch, T, hidden], and the state after the last token.
  func hidden(
    _ tokens: [Int32], from state: [RecurrentState]
  ) -> (output: Tensor, state: [RecurrentState]) {
    precondition(state.count == rnn.count, "the states of \(state.count) layers of \(rnn.count)")
    var next: [RecurrentState] = []
    var output: Tensor?
    if let embedding {
      let batch = state[0].hidden.shape[0]
      let vectors = embedding(tokens)
      output = reshape(vectors, to: [batch, tokens.count / batch, vectors.shape[1]])
    }
    for (layer, before) in zip(rnn, state) {
      let result = output.map { layer($0, from: before) } ?? layer(tokens: tokens, from: before)
      output = dropout(result.output)
      next.append(result.state)
    }
    guard let output else { preconditionFailure("a recurrent model of no layers") }
    return (output, next)
  }

  /// What writes `batch` texts with it.
  public func decoder(batch: Int) -> any TextDecoder { RecurrentDecoder(self, batch: batch) }
}
