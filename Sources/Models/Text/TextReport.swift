import Compute
import Foundation

/// How well a run predicts the text that was held out from it, and the n-gram that it has to beat.
///
/// As JSON its names have underscores.
public struct TextReport: Equatable, Sendable, Encodable {
  /// The run's name.
  public let run: String
  /// The step of the checkpoint.
  public let step: Int
  /// What the model's matrices were rounded to; nil for not at all.
  public let precision: String?
  /// The text: a built-in name or a path.
  public let data: String
  /// Whether that is known to be another text than the model has learned from.
  public let isOtherData: Bool
  /// How many characters are predicted.
  public let count: Int
  /// How many characters are held out, where those that are predicted stand for more.
  public let heldOutCount: Int?
  /// Nats a character over whole windows: of the model's context, end to end, as others publish.
  public let natsPerCharacter: Double
  /// Nats a character over windows that overlap by half, of which the second half counts: every
  /// character has at least half a context before it.
  public let natsPerCharacterOverlapping: Double
  /// The nats over whole windows as bits.
  public let bitsPerCharacter: Double
  /// Nats a character of the best n-gram of the text.
  public let ngramNatsPerCharacter: Double
  /// The characters of context that this n-gram has.
  public let ngramContext: Int
  /// How many characters the n-gram counts, where they stand for more.
  public let ngramCount: Int?

  /// The most characters that are predicted: ten times as many as an evaluation in training has.
  public static let mostCharacters = 10_000_000

  /// The names in JSON.
  public enum CodingKeys: String, CodingKey {
    case run, step, precision, data, count
    case heldOutCount = "held_out"
    case isOtherData = "other_data"
    case natsPerCharacter = "nats_per_character"
    case natsPerCharacterOverlapping = "nats_per_character_overlapping"
    case bitsPerCharacter = "bits_per_character"
    case ngramNatsPerCharacter = "ngram_nats_per_character"
    case ngramContext = "ngram_context"
    case ngramCount = "ngram_count"
  }

  /// What the figures come to, in words.
  public var summary: String {
    let gain = ngramNatsPerCharacter - natsPerCharacter
    let beaten = (gain > 0 ? "beaten by " : "not beaten: it is better by ") + decimals(abs(gain))
    let counted = ngramCount.map { ", counted on \($0) characters" } ?? ""
    return
      "The n-gram with \(ngramContext) characters of context\(counted), "
      + "\(decimals(ngramNatsPerCharacter)), "
      + "is \(beaten) nats a character."
  }

  private func decimals(_ value: Double) -> String { String(format: "%.3f", value) }
}

extension TrainedText {
  /// Judges the model by the held-out part of its text, or of another that has no other characters.
  ///
  /// Whatever the tokens are, figures are of characters: the nats of all tokens, for so many
  /// characters as they are on the average.
  /// - Throws: `DatasetError` if the text cannot be read, is too short, or has other characters;
  ///   `FileError` if its own text is not there, or is not the same any more.
  public func report(on source: String? = nil) throws -> TextReport {
    var options = data
    options.source = try source ?? learnedData.location()
    options.evaluatedCharacters = TextReport.mostCharacters
    let text = try TextData(options, context: model.context, tokenizer: tokenizer)
    let hash = String(text.contentHash, radix: 16)
    if source == nil {
      try learnedData.check(
        hash: hash, heldOutHash: nil, at: options.source, remedy: "name a text by --data")
    }
    let isOther = !learnedData.record.differences(hash: hash, heldOutHash: nil).isEmpty
    let whole = model.heldOutLoss(of: text, overlapping: false)
    let nats = whole.perCharacter(of: text)
    let baseline = text.baseline
    return TextReport(
      run: run.name, step: step,
      precision: precision == .float32 ? nil : precision.rawValue,
      data: source ?? learnedData.name, isOtherData: isOther,
      count: Int((Double(whole.count) / text.tokensPerCharacter).rounded()),
      heldOutCount: text.isEvaluatedWhole ? nil : text.heldOutCharacters,
      natsPerCharacter: nats,
      natsPerCharacterOverlapping: model.heldOutLoss(of: text, overlapping: true)
        .perCharacter(of: text),
      bitsPerCharacter: nats / log(2), ngramNatsPerCharacter: baseline.nats,
      ngramContext: baseline.context,
      ngramCount: text.isCountedWhole ? nil : text.countedCharacters)
  }
}
