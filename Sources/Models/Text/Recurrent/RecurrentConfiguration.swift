import Layers
import Runs

/// The sizes of a recurrent language model.
public struct RecurrentConfiguration: Equatable, Sendable {
  /// How many tokens there are; nil for the data's.
  public var vocabularySize: Int?
  /// How many tokens it learns from at a time; the gradient goes back through so many.
  public var context = 64
  /// The kind of the layers.
  public var cell = Cell.lstm
  /// How many layers there are.
  public var layers = 2
  /// How many elements the state of a layer has.
  public var hidden = 256
  /// How many elements a token's learned vector has; nil where the first layer takes tokens as they are,
  /// one at the token's place and zero elsewhere.
  public var embedding: Int?
  /// The part of each layer's output that training leaves out.
  public var dropout: Float = 0.1
  /// What is added at the start to the biases of an LSTM's forget gates.
  public var forgetBias: Float = 1

  /// Two layers of 256 cells.
  public init() {}

  /// The kinds of layers.
  public enum Cell: String, RecipeChoice {
    /// Long short-term memory.
    case lstm
    /// Gated recurrent units.
    case gru
  }

  /// Their keys in a recipe.
  public static let keys: [RecipeKey<RecurrentConfiguration>] = [
    RecipeKey(
      "model.vocabulary", \.vocabularySize, .orNull(.in(2...1_000_000)),
      "Vocabulary size; null takes the data's."),
    RecipeKey(
      "model.context", \.context, .in(2...65536),
      "Tokens through which the gradient goes back (truncated backpropagation through time)."),
    RecipeKey("model.cell", \.cell, "Type of the layers."),
    RecipeKey("model.layers", \.layers, .in(1...64), "Recurrent layers."),
    RecipeKey("model.hidden", \.hidden, .in(1...16384), "Hidden size."),
    RecipeKey(
      "model.embedding", \.embedding, .orNull(.in(1...16384)),
      "Embedding size; null gives the first layer one-hot tokens."),
    RecipeKey(
      "model.dropout", \.dropout, .in(0..<1),
      "Dropout rate of each layer's output."),
    RecipeKey(
      "model.forget_bias", \.forgetBias, .in(-10...10),
      "Initial bias of an LSTM's forget gates."),
  ]
}
