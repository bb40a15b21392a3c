import Compute
import Runs

/// The sizes and variants of a transformer decoder: GPT-2's as the others make it, and what has proved
/// better since.
public struct TransformerConfiguration: Equatable, Sendable {
  /// How many tokens there are; nil for the data's.
  public var vocabularySize: Int?
  /// How many tokens the model sees at a time.
  public var context = 128
  /// Transformer blocks.
  public var layers = 4
  /// Attention heads of a block.
  public var heads = 4
  /// Channels between the blocks.
  public var width = 128
  /// Hidden channels of an MLP; nil for four times the width, or with SwiGLU, which has a matrix
  /// more, for 8/3 of it.
  public var hidden: Int?
  /// How the model knows where a token stands.
  public var positions = Positions.rotary
  /// What is normalized, and how.
  public var norm = Norm.rms
  /// What is added to the variance.
  public var normEpsilon: Float = 1e-5
  /// Activation of the MLP.
  public var activation = Activation.reluSquared
  /// Whether queries and keys have the length of their heads' root, so that no score grows large.
  public var queryKeyNorm = true
  /// Whether the embeddings are the last matrix, too.
  public var tied = false
  /// Whether linear layers and layer norms have biases.
  public var bias = false
  /// Whether the last matrix of each branch starts at zero, so that a block begins by passing on.
  public var zeroProjections = true
  /// The probability with which training drops an element of the embeddings, of the attention's weights
  /// and of what a branch adds.
  public var dropout: Float = 0

  /// Four layers of 128 channels with rotary positions.
  public init() {}

  /// How the model knows where a token stands.
  public enum Positions: String, RecipeChoice {
    /// A learned vector for each place is added to the tokens' (GPT-2).
    case learned
    /// Queries and keys are turned by their place: Su et al., "RoFormer: Enhanced Transformer with Rotary
    /// Position Embedding" (2021).
    case rotary
  }

  /// The norm before each branch and at the end.
  public enum Norm: String, RecipeChoice {
    /// Ba, Kiros and Hinton, "Layer Normalization" (2016).
    case layer
    /// Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
    case rms
  }

  /// Activation of the MLP.
  public enum Activation: String, RecipeChoice {
    /// x times the normal distribution function of x (nanoGPT).
    case gelu
    /// The same by way of a hyperbolic tangent (GPT-2's `gelu_new`).
    case geluTanh = "gelu_tanh"
    /// The square of max(x, 0): So et al., "Primer" (2021).
    case reluSquared = "relu_squared"
    /// SiLU of one half times the other: Shazeer, "GLU Variants Improve Transformer" (2020).
    case swiglu
  }

  /// Channels of a head.
  public var headSize: Int { width / heads }

  /// Hidden channels of an MLP.
  public var hiddenSize: Int {
    hidden ?? (activation == .swiglu ? (8 * width / 3 + 31) / 32 * 32 : 4 * width)
  }

  /// What rotary positions turn by powers of; nil without a rotation.
  var rotaryBase: Float? { positions == .rotary ? 10_000 : nil }

  /// What is added to the mean square of a head of queries or keys; nil where they are not normalized.
  var queryKeyEpsilon: Float? { queryKeyNorm ? normEpsilon : nil }

  /// Whether anything happens to queries and keys before they meet.
  var changesQueries: Bool { rotaryBase != nil || queryKeyEpsilon != nil }

  /// Makes sure that the sizes go together.
  /// - Throws: `RecipeProblem`.
  public func check() throws(RecipeProblem) {
    guard width % heads == 0 else {
      throw RecipeProblem(
        "model.heads", "\(heads), but model.width, \(width), must be a multiple of it")
    }
    guard headSize % 2 == 0 || (positions == .learned && !queryKeyNorm) else {
      throw RecipeProblem(
        "model.heads",
        "\(heads), but rotary positions and qk_norm take heads of an even size, and one of "
          + "model.width "
          + "\(width) would have \(headSize)")
    }
    // What attention drops is numbered so far.
    guard dropout == 0 || context <= 8192 else {
      throw RecipeProblem(
        "model.dropout", "\(dropout), but must be 0 with a context above 8192, such as \(context)")
    }
  }

  /// Their keys in a recipe.
  public static let keys: [RecipeKey<TransformerConfiguration>] = [
    RecipeKey(
      "model.vocabulary", \.vocabularySize, .orNull(.in(2...1_000_000)),
      "Vocabulary size; null takes the data's."),
    RecipeKey(
      "model.context", \.context, .in(2...65536), "Context length in tokens."),
    RecipeKey("model.layers", \.layers, .in(1...256), "Transformer blocks."),
    RecipeKey("model.heads", \.heads, .in(1...256), "Attention heads per block."),
    RecipeKey("model.width", \.width, .in(1...16384), "Embedding size."),
    RecipeKey(
      "model.hidden", \.hidden, .orNull(.in(1...65536)),
      "Hidden channels of the MLP; null for 4 times the width, or 8/3 with swiglu."),
    RecipeKey(
      "model.positions", \.positions,
      "Position embeddings: learned, or rotary."),
    RecipeKey("model.norm", \.norm, "Norm before each branch: LayerNorm or RMSNorm."),
    RecipeKey(
      "model.norm_epsilon", \.normEpsilon, .in(1e-12...0.1), "Epsilon of the norms."),
    RecipeKey(
      "model.activation", \.activation, "Activation of the MLP."),
    RecipeKey(
      "model.qk_norm", \.queryKeyNorm, "Normalize queries and keys (QK norm)."),
    RecipeKey("model.tied", \.tied, "Tie the output projection to the token embeddings."),
    RecipeKey("model.bias", \.bias, "Give linear layers and layer norms biases."),
    RecipeKey(
      "model.zero_projections", \.zeroProjections,
      "Initialize the output projection of each branch with zeros."),
    RecipeKey(
      "model.dropout", \.dropout, .in(0..<1),
      "Dropout rate of embeddings, attention and branches."),
  ]
}
