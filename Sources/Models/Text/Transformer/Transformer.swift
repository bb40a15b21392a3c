import Autograd
import Layers

/// A transformer decoder: Vaswani et al., "Attention Is All You Need" (2017), in the form of Radford et
/// al., "Language Models are Unsupervised Multitask Learners" (2019), GPT-2, whose checkpoints name
/// parameters as it does.
public struct Transformer: LanguageModel {
  /// The sizes and variants.
  public let configuration: TransformerConfiguration
  /// A vector for each token.
  public let wte: Embedding
  /// A vector for each place; nil with rotary positions.
  public let wpe: Embedding?
  /// The blocks.
  public let h: [TransformerBlock]
  /// The norm behind them.
  public let lnF: TransformerNorm
  /// From channels to logits; nil where the embeddings do that.
  public let lmHead: Linear?
  private let dropout: Dropout
  /// The matrices as a text's next tokens read them; nil for the parameters themselves.
  var lowPrecision: LowPrecisionTransformer?

  /// A transformer of that configuration, whose vocabulary is known.
  public init(_ configuration: TransformerConfiguration) {
    let width = configuration.width
    self.configuration = configuration
    wte = Embedding(configuration.vocabularySize ?? 1, width, initializer: .embedding())
    wpe =
      configuration.positions == .learned
      ? Embedding(configuration.context, width, initializer: .embedding()) : nil
    h = (0..<configuration.layers).map { _ in TransformerBlock(configuration) }
    lnF = TransformerNorm(configuration)
    lmHead =
      configuration.tied
      ? nil
      : Linear(
        width, configuration.vocabularySize ?? 1, bias: false, initializer: .embedding())
    dropout = Dropout(configuration.dropout)
  }

  /// How many tokens there are.
  public var vocabularySize: Int { configuration.vocabularySize ?? 1 }

  /// How many tokens it sees at a time.
  public var context: Int { configuration.context }

  /// The logits of what follows each token: `tokens` are `batch` texts of the same length one after the
  /// other, at most `context` each; [batch, T, vocabulary].
  public func callAsFunction(_ tokens: [Int32], batch: Int = 1) -> Tensor {
    logits(hidden(tokens, batch: batch))
  }

  /// What comes out of the blocks for whole texts, [batch, T, width].
  func hidden(_ tokens: [Int32], batch: Int) -> Tensor {
    hidden(tokens, batch: batch) { _, qkv in attend(qkv) }
  }

  /// The same with another kind of attention.
  ///
  /// - Parameters:
  ///   - first: the place of each text's first token.
  ///   - attend: mixes the values of a layer's queries, keys and values [batch, T, 3 width], which have
  ///     not been turned yet.
  func hidden(
    _ tokens: [Int32], batch: Int, first: Int = 0, attend: (_ layer: Int, Tensor) -> Tensor
  ) -> Tensor {
    let length = tokens.count / batch
    precondition(
      tokens.count == batch * length && length > 0 && first + length <= context,
      "\(tokens.count) tokens of \(batch) texts from place \(first) on, of \(context)")
    var x = wte(tokens)
    if let wpe {
      x = x + wpe((0..<tokens.count).map { Int32(first + $0 % length) })
    }
    x = dropout(reshape(x, to: [batch, length, configuration.width]))
    for (layer, block) in h.enumerated() { x = block(x) { attend(layer, $0) } }
    return x
  }

  /// x [B, T, width] behind the last norm and matrix: [B, T, vocabulary].
  func logits(_ x: Tensor) -> Tensor {
    let x = lnF(x)
    if let lmHead { return lmHead(x) }
    let rows = reshape(x, to: [x.count / configuration.width, configuration.width])
    return reshape(
      matmul(rows, wte.weight.tensor, transposeB: true),
      to: x.shape.dropLast() + [vocabularySize])
  }

  /// Causal attention within texts, of queries, keys and values [B, T, 3 width] side by side.
  private func attend(_ qkv: Tensor) -> Tensor {
    attention(
      qkv: placed(qkv), heads: configuration.heads, isCausal: true,
      dropout: Mode.current.nextDropout(rate: configuration.dropout))
  }

  /// Queries and keys normalized and turned by their places, as far as the configuration asks for it.
  func placed(_ qkv: Tensor, first: Int = 0) -> Tensor {
    guard configuration.changesQueries else { return qkv }
    return rotary(
      qkv: qkv, heads: configuration.heads, firstPosition: first, base: configuration.rotaryBase,
      normEpsilon: configuration.queryKeyEpsilon)
  }

  /// What writes `batch` texts with it.
  public func decoder(batch: Int) -> any TextDecoder { TransformerDecoder(self, batch: batch) }

  /// The mean loss of windows of tokens: `tokens` are `batch` texts, and `targets` what follows each
  /// token.
  package func loss(_ tokens: [Int32], _ targets: [Int32], batch: Int) -> Tensor {
    crossEntropy(self(tokens, batch: batch), targets)
  }
}

extension Transformer {
  /// How many tokens are read at a time.
  private static let tokensAtATime = 8192

  /// How well the model predicts a text that it has not learned from.
  public func heldOutLoss(
    _ tokens: TokenList, overlapping: Bool, _ tell: (_ done: Int, _ count: Int) -> Void
  ) -> TextLoss {
    TextWindows(count: tokens.count, context: context, overlapping: overlapping)
      .loss(
        of: tokens, sideBySide: max(1, Self.tokensAtATime / context),
        { losses(of: $1, after: hidden($0, batch: $2), logits: logits) }, tell)
  }
}
