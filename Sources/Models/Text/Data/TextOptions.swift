import Datasets
import Runs

/// What a text's tokens are, where no other tokenizer is given.
public enum TextUnit: String, RecipeChoice, Sendable {
  /// Unicode scalars, those that the text has.
  case character
  /// The bytes of UTF-8.
  case byte
}

/// Which text a model learns from, and in which units.
public struct TextOptions: Equatable, Sendable {
  /// A built-in name or a path.
  public var source = "fortunes"
  /// What the tokens are.
  public var unit = TextUnit.character
  /// The part of the text, its end, that is held out from training.
  public var heldOut = 0.1
  /// The most held-out characters that are predicted; nil for all.
  public var evaluatedCharacters: Int? = 1_000_000
  /// The most characters to learn from that the n-gram counts; nil for all.
  public var countedCharacters: Int? = 5_000_000

  /// The built-in default.
  public init() {}

  /// Their keys in a recipe.
  public static let keys: [RecipeKey<TextOptions>] = [
    RecipeKey(
      "data.source", \.source,
      "What to learn from: \(TextSource.names.joined(separator: ", ")), or the path of a text file "
        + "or of a folder of text files."),
    RecipeKey(
      "data.unit", \.unit,
      "Tokens: the text's characters (Unicode scalars), or the bytes of its UTF-8."),
    RecipeKey(
      "data.held_out", \.heldOut, .in(0.001...0.5),
      "Part of the text, at its end, held out for validation."),
  ]

  /// The keys of what stands for a long text.
  public static let evaluationKeys: [RecipeKey<TextOptions>] = [
    RecipeKey(
      "evaluate.characters", \.evaluatedCharacters, .orNull(.atLeast(1000)),
      "Most held-out characters of an evaluation, in pieces spread evenly; null for all."),
    RecipeKey(
      "evaluate.ngram_characters", \.countedCharacters, .orNull(.atLeast(1000)),
      "Most characters to learn from that the n-gram to beat counts, in pieces spread evenly; null "
        + "for all."),
  ]
}
