import Autograd
import Compute
import Foundation

/// What a language model makes of a prompt: how likely each token of it was to come, what else might
/// have come there, and of a transformer where each head looked.
public struct TextExplanation {
  /// What might have come.
  public struct Alternative: Equatable, Sendable {
    /// The token.
    public let token: Int32
    /// How likely it was, 0 to 1.
    public let probability: Float
  }

  /// A token that was to be predicted.
  public struct Step: Sendable {
    /// The token that came; nil behind the prompt's end.
    public let token: Int32?
    /// How likely it was; nil for the first, before which there is nothing, and behind the end.
    public let probability: Float?
    /// What was likeliest there, in falling order; empty for the first.
    public let alternatives: [Alternative]
  }

  /// The model.
  public let source: TrainedText
  /// The prompt's tokens and what may follow.
  public let steps: [Step]
  /// By layer and head [T, T]: how much each token of the prompt takes from each. Empty where the model
  /// has no attention.
  public let attention: [[Values]]

  /// More tokens make no page that one can look at.
  public static let mostTokens = 256

  /// How many tokens of a prompt a model explains.
  public static func limit(of model: any LanguageModel) -> Int {
    model is Transformer ? min(mostTokens, model.context) : mostTokens
  }

  /// Lets a model read a prompt.
  /// - Parameters:
  ///   - tokens: at least one, and at most `limit(of:)`.
  ///   - count: how many alternatives are kept of each.
  /// - Throws: `SamplingError` if the model's logits are not numbers.
  public init(_ source: TrainedText, of tokens: [Int32], alternatives count: Int) throws {
    precondition(
      !tokens.isEmpty && tokens.count <= Self.limit(of: source.model),
      "a prompt of \(tokens.count) tokens")
    self.source = source
    let decoder = source.model.decoder(batch: 1)
    var steps = [Step(token: tokens[0], probability: nil, alternatives: [])]
    for (place, token) in tokens.enumerated() {
      let logits = place == 0 ? decoder.take([token]) : decoder.next([token])
      let probabilities = softmax(Tensor(constant: logits)).values.elements
      guard probabilities.allSatisfy(\.isFinite) else {
        throw SamplingError("the model's logits are not numbers: its training diverged")
      }
      let next = place + 1 < tokens.count ? tokens[place + 1] : nil
      steps.append(
        Step(
          token: next, probability: next.map { probabilities[Int($0)] },
          alternatives: Self.likeliest(count, probabilities)))
    }
    self.steps = steps
    attention = (source.model as? Transformer)?.attentionProbabilities(of: tokens) ?? []
  }

  /// The likeliest tokens; of equal ones the lowest first.
  private static func likeliest(_ count: Int, _ probabilities: [Float]) -> [Alternative] {
    probabilities.indices.sorted {
      (probabilities[$1], $0) < (probabilities[$0], $1)
    }.prefix(count).map {
      Alternative(token: Int32($0), probability: probabilities[$0])
    }
  }

  /// Bits of surprise a token, over those that were predicted; nil for a prompt of one token.
  public var bitsPerToken: Double? {
    let bits = steps.compactMap(\.probability).map(Self.bits)
    return bits.isEmpty ? nil : bits.reduce(0, +) / Double(bits.count)
  }

  /// How surprising something of a probability is.
  package static func bits(_ probability: Float) -> Double {
    -log2(max(Double(probability), Double(Float.leastNonzeroMagnitude)))
  }
}
