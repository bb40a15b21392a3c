import Files
import Runs
import Training

/// A recipe of a model that learns a text.
public protocol TextRecipe: TrainableRecipe where Data == TextData {
  /// The model.
  associatedtype Model: LanguageModel

  /// What it learns from.
  var data: TextOptions { get }

  /// How many tokens it learns from at a time.
  var context: Int { get }

  /// How many tokens there are; nil for the data's.
  var vocabularySize: Int? { get set }

  /// The model that the recipe describes, without values.
  var untrainedModel: Model { get }

  /// Makes sure that the recipe and the text go together.
  func check(_ data: TextData) throws(RecipeProblem)
}

extension TextRecipe {
  /// As many tokens as the part to learn from has.
  public func stepsPerEpoch(_ data: TextData) -> Double {
    Double(data.training.count) / Double(batch * accumulate * context)
  }

  /// The model's sizes and what its tokens are, but for what the tokens decide and what only training knows.
  public static var keysOfWeights: Set<String> {
    let own = ["vocabulary", "dropout", "zero_projections", "forget_bias"].map { "model.\($0)" }
    return Set(schema.keys.map(\.path).filter { $0.hasPrefix("model.") } + ["data.unit"])
      .subtracting(own)
  }

  /// Where tokens are characters, by which a text that is held out is measured.
  public var lossesAreAlike: Bool { data.unit == .character }

  /// Reads the text, and takes the number of its tokens over.
  public mutating func openData(_ opening: DataOpening) throws -> TextData {
    let tokenizer = try opening.source.map { try TokenizerFile.tokenizer(of: $0) }
    var options = data
    options.source = opening.location ?? data.source
    let data = try TextData(options, context: context, tokenizer: tokenizer)
    guard vocabularySize ?? data.tokenizer.count == data.tokenizer.count else {
      throw RecipeProblem(
        "model.vocabulary",
        "\(vocabularySize ?? 0), but \(self.data.source) has \(data.tokenizer.count) distinct "
          + "tokens: "
          + "null takes the data's")
    }
    vocabularySize = data.tokenizer.count
    try check(data)
    return data
  }

  /// Any text does.
  public func check(_ data: TextData) throws(RecipeProblem) {}

  /// How long the text is, and how well counting predicts it.
  public func remarks(on data: TextData) -> [String] {
    let baseline = data.baseline
    let heldOut =
      data.isEvaluatedWhole
      ? "\(data.evaluatedTokens) held out" : "\(data.heldOutCharacters) characters held out"
    var remarks = [
      "\(data.training.count) tokens to learn from, \(heldOut), "
        + "\(data.tokenizer.count) different ones"
    ]
    if !data.isEvaluatedWhole {
      remarks.append(
        "of \(data.heldOutCharacters) held-out characters \(data.evaluatedCharacters) are "
          + "evaluated, spread evenly (evaluate.characters)")
    }
    if !data.isCountedWhole {
      remarks.append(
        "of \(data.trainingCharacters) characters to learn from \(data.countedCharacters) are "
          + "counted by the n-gram, spread evenly (evaluate.ngram_characters)")
    }
    return remarks + [
      "to beat: an n-gram with \(baseline.context) characters of context, "
        + "\(fixed(baseline.nats, 3)) nats a character"
    ]
  }

  /// By how much the best checkpoint beats counting.
  public func summary(_ data: TextData, best: Metric) -> String? {
    let baseline = data.baseline.nats
    let gain = baseline - best.value
    return "best on the held-out text: \(fixed(best.value, 3)) nats a character, "
      + (gain > 0
        ? "\(fixed(gain, 3)) better than the n-gram's \(fixed(baseline, 3))"
        : "which does not beat the n-gram's \(fixed(baseline, 3)): train longer")
  }

  /// What its runs make.
  public static var output: ModelOutput { .text }

  /// The trained model of a run.
  /// - Throws: `FileError`, `RecipeError` when the recipe or the checkpoint cannot be read.
  public static func trained(_ run: OpenedRun) throws -> TrainedModel {
    .text(try TrainedText(run, as: self))
  }

  /// The data's name or path.
  public var dataSource: String { data.source }

  /// The checksum of the text, what is held out of it included, in hexadecimal.
  public static func hash(of data: TextData) -> String { String(data.contentHash, radix: 16) }

  /// How many characters there are of both.
  public static func counts(of data: TextData) -> (training: Int, heldOut: Int?) {
    (data.trainingCharacters, data.heldOutCharacters)
  }

  /// What the n-gram loses.
  public func baseline(of data: TextData) -> Double? { data.baseline.nats }

  /// An excerpt of the text.
  public func examples(of data: TextData) -> Preview? { .text(data.excerpt) }
}

/// How previews of a text model are written.
public struct TextPreview: Equatable, Sendable {
  /// How many tokens.
  public var length = 300
  /// What the logits are divided by.
  public var temperature = 0.8

  /// The default.
  public init() {}

  /// Their keys in a recipe.
  public static let keys: [RecipeKey<TextPreview>] = [
    RecipeKey("sample.length", \.length, .in(1...100_000), "Length of a preview in tokens."),
    RecipeKey(
      "sample.temperature", \.temperature, .in(0...10),
      "Sampling temperature of a preview; 0 is greedy."),
  ]
}
