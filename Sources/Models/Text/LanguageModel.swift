import Compute
import Layers
import Runs
import Training

/// A model that tells how likely each token is to come next.
public protocol LanguageModel: Module {
  /// How many tokens there are.
  var vocabularySize: Int { get }

  /// How many tokens it learns from at a time.
  var context: Int { get }

  /// How well it predicts a text that it has not learned from: every token after the first, in windows
  /// of `context` tokens.
  ///
  /// - Parameter overlapping: windows overlap by half, and only the second half of each counts (of the
  ///   first window all), so that a token has half a context before it at least. Otherwise windows lie
  ///   end to end.
  /// - Parameter tell: is told how many of the windows are done.
  func heldOutLoss(
    _ tokens: TokenList, overlapping: Bool, _ tell: (_ done: Int, _ count: Int) -> Void
  ) -> TextLoss

  /// What writes `batch` texts with it, side by side.
  func decoder(batch: Int) -> any TextDecoder

  /// The model with its matrices rounded to `precision`, which its decoders read in that form.
  ///
  /// The parameters are those of the model itself, and rounded with it, so that whatever reads them as floats computes
  /// with the same numbers.
  func rounded(to precision: WeightPrecision) -> Self

  /// How many bytes of weights a token of a text takes, as a decoder reads them.
  var weightBytes: Int { get }
}

/// How well a text was predicted.
public struct TextLoss: Equatable, Sendable {
  /// The sum of -log p over the tokens.
  public var nats: Double
  /// How many tokens there were.
  public var count: Int
  /// The sum of their squares.
  var squares = 0.0

  /// A sum over that many tokens.
  public init(nats: Double, count: Int) { (self.nats, self.count) = (nats, count) }

  /// Nats a token.
  public var mean: Double { nats / Double(max(count, 1)) }

  /// The standard error of that, as if each token were told apart from the others.
  var noise: Double {
    let count = Double(max(count, 1))
    return (max(0, squares / count - mean * mean) / count).squareRoot()
  }
}

/// Texts that grow token by token, and what a model remembers of them.
///
/// What it returns for a text depends on that text alone, not on those beside it.
public protocol TextDecoder: AnyObject {
  /// How many texts there are.
  var batch: Int { get }

  /// Takes in tokens that all texts have alike, at least one, and returns the logits of what comes
  /// next, [batch, vocabulary].
  func take(_ prompt: [Int32]) -> Values

  /// Takes in one more token for each text, and returns the logits of what comes next,
  /// [batch, vocabulary].
  func next(_ tokens: [Int32]) -> Values
}

extension LanguageModel {
  /// Four for each parameter.
  public var weightBytes: Int { 4 * parameterCount }

  /// How well it predicts a text that it has not learned from.
  public func heldOutLoss(_ tokens: [Int32], overlapping: Bool) -> TextLoss {
    heldOutLoss(TokenList(tokens, vocabulary: vocabularySize), overlapping: overlapping) { _, _ in }
  }

  /// How well it predicts what is evaluated of a text's held-out part, each piece by itself.
  ///
  /// - Parameter tell: is told how many of the windows are done.
  public func heldOutLoss(
    of data: TextData, overlapping: Bool,
    _ tell: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) -> TextLoss {
    let pieces = MemoryPlan.parts(data.heldOut)
    return pieces.enumerated().reduce(into: TextLoss(nats: 0, count: 0)) { sum, piece in
      sum.add(
        heldOutLoss(piece.element, overlapping: overlapping) { done, count in
          tell(piece.offset * count + done, pieces.count * count)
        })
    }
  }

  /// How well the model predicts the held-out part of a text, in whole windows.
  func evaluation(
    on data: TextData, _ tell: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) -> [Measurement] {
    let loss = heldOutLoss(of: data, overlapping: false, tell)
    return [
      Measurement(
        "validation_loss", label: "validation", loss.perCharacter(of: data),
        noise: loss.noise * data.tokensPerCharacter)
    ]
  }

  /// A text that the model writes now, from the same random numbers each time.
  func preview(
    _ options: TextPreview, _ data: TextData, seed: UInt64,
    _ tell: (_ done: Int, _ count: Int) -> Void
  ) -> Preview? {
    var generator = TextGenerator(self, data.tokenizer)
    generator.length = options.length
    generator.sampling.temperature = options.temperature
    // What comes before the first token is told, too.
    var tokens = -1
    let written = try? generator("", seed: seed) { _ in
      tokens += 1
      tell(min(tokens, options.length), options.length)
    }
    return written.map { .text($0.texts[0] + "\n") }
  }
}

extension TextData {
  /// What turns figures of tokens into those of characters.
  var tokensPerCharacter: Double { Double(evaluatedTokens) / Double(evaluatedCharacters) }
}

extension TextLoss {
  /// Nats a character of the held-out text, whatever its tokens are.
  func perCharacter(of data: TextData) -> Double {
    mean * data.tokensPerCharacter
  }
}
