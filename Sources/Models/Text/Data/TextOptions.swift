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
}
