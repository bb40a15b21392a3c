import Compute
import Layers
import Runs

/// What transformers' `config.json` of a GPT-2 says: the arguments of a `GPT2Config`.
struct GPT2File: Equatable {
  /// Which model it is.
  var modelType = ModelType.gpt2
  /// How many tokens there are.
  var vocabularySize = 50257
  /// How many tokens the model sees at a time.
  var context = 1024
  /// Channels between the blocks.
  var width = 768
  /// Blocks.
  var layers = 12
  /// Attention heads of a block.
  var heads = 12
  /// Hidden channels of an MLP; nil for four times the width.
  var hidden: Int?
  /// Activation of the MLP.
  var activation = Activation.geluNew
  /// What training drops of what a branch adds, of the embeddings, and of attention's weights.
  var branchDropout: Float = 0.1
  /// See `branchDropout`.
  var embeddingDropout: Float = 0.1
  /// See `branchDropout`.
  var attentionDropout: Float = 0.1
  /// What is added to the variance.
  var normEpsilon: Float = 1e-5
  /// Whether scores are divided by the root of a head's size, which they always are here.
  var scalesScores = true
  /// Whether they are divided by the layer's number, too.
  var scalesByLayer = false
  /// Whether there is attention to another model's output.
  var attendsToOthers = false
  /// Whether the embeddings are the last matrix, too.
  var tied = true
  /// Numbers that are no floats.
  var quantization = Null()

  /// The values of `model_type`.
  enum ModelType: String, RecipeChoice {
    /// The only one.
    case gpt2
  }

  /// transformers' names of activations.
  enum Activation: String, RecipeChoice {
    /// By the normal distribution function.
    case gelu
    /// The same.
    case geluPython = "gelu_python"
    /// By way of a hyperbolic tangent.
    case geluNew = "gelu_new"
    /// The same.
    case geluTanh = "gelu_pytorch_tanh"
    /// The same.
    case geluFast = "gelu_fast"
  }

  static let modelTypeKey = "model_type"
  static let quantizationKey = "quantization_config"

  /// The keys that say what the model computes.
  static let keys: [RecipeKey<GPT2File>] = [
    RecipeKey(modelTypeKey, \.modelType, "Which model it is."),
    RecipeKey("vocab_size", \.vocabularySize, .in(2...1_000_000), "How many tokens there are."),
    RecipeKey("n_positions", \.context, .in(2...65536), "How many tokens the model sees."),
    RecipeKey("n_embd", \.width, .in(1...16384), "Embedding size."),
    RecipeKey("n_layer", \.layers, .in(1...256), "Blocks."),
    RecipeKey("n_head", \.heads, .in(1...256), "Attention heads per block."),
    RecipeKey(
      "n_inner", \.hidden, .orNull(.in(1...65536)), "Hidden channels of an MLP."),
    RecipeKey("activation_function", \.activation, "The MLP's activation."),
    RecipeKey("resid_pdrop", \.branchDropout, .in(0..<1), "Dropout of what a branch adds."),
    RecipeKey("embd_pdrop", \.embeddingDropout, .in(0..<1), "Dropout of embeddings."),
    RecipeKey("attn_pdrop", \.attentionDropout, .in(0..<1), "Dropout of attention's weights."),
    RecipeKey(
      "layer_norm_epsilon", \.normEpsilon, .in(1e-12...0.1), "Epsilon of the norms."),
    RecipeKey(
      "scale_attn_weights", \.scalesScores, .among(true), "Divide scores by a head's root."),
    RecipeKey(
      "scale_attn_by_inverse_layer_idx", \.scalesByLayer, .among(false),
      "Divide scores by the layer's number."),
    RecipeKey(
      "add_cross_attention", \.attendsToOthers, .among(false),
      "Attend to another model's output."),
    RecipeKey("tie_word_embeddings", \.tied, "Tie the output projection to the token embeddings."),
    RecipeKey(quantizationKey, \.quantization, "Numbers that are no floats."),
  ]

  /// The defaults of transformers.
  init() {}

  /// What a file says; keys that are absent take transformers' defaults.
  /// - Throws: `RecipeError` that names the key.
  init(_ file: ConfigurationFile) throws(RecipeError) {
    guard try file.value(Self.modelTypeKey, as: ModelType.self) != nil else {
      throw file.error(Self.modelTypeKey, "is missing, but must be \(ModelType.typeName)")
    }
    try file.read(Self.keys, into: &self)
    guard width % heads == 0 else {
      throw file.error("n_head", "is \(heads), which does not divide n_embd, \(width)")
    }
  }

  /// The file of a configuration that GPT-2 can express.
  init(_ configuration: TransformerConfiguration) {
    vocabularySize = configuration.vocabularySize ?? 1
    context = configuration.context
    (width, layers, heads) = (configuration.width, configuration.layers, configuration.heads)
    hidden = configuration.hidden
    activation = configuration.activation == .gelu ? .gelu : .geluNew
    branchDropout = configuration.dropout
    (embeddingDropout, attentionDropout) = (configuration.dropout, configuration.dropout)
    normEpsilon = configuration.normEpsilon
    tied = configuration.tied
  }

  /// How many parameters its matrices have.
  var leastParameters: Int {
    let block = 4 * width * width + 2 * width * (hidden ?? 4 * width)
    return (vocabularySize + context) * width + layers * block
  }

  /// The transformer that it describes.
  func configuration(bias: Bool) -> TransformerConfiguration {
    var configuration = TransformerConfiguration()
    configuration.vocabularySize = vocabularySize
    configuration.context = context
    (configuration.width, configuration.layers) = (width, layers)
    (configuration.heads, configuration.hidden) = (heads, hidden)
    configuration.positions = .learned
    (configuration.norm, configuration.normEpsilon) = (.layer, normEpsilon)
    switch activation {
    case .gelu, .geluPython: configuration.activation = .gelu
    case .geluNew, .geluTanh, .geluFast: configuration.activation = .geluTanh
    }
    (configuration.queryKeyNorm, configuration.zeroProjections) = (false, false)
    (configuration.tied, configuration.bias) = (tied, bias)
    configuration.dropout = branchDropout
    return configuration
  }
}

extension TransformerConfiguration {
  /// The keys by which it says what a GPT-2 cannot do, and what would be right.
  var unknownToGPT2: [(key: String, problem: String)] {
    var problems: [(key: String, problem: String)] = []
    if positions != .learned {
      problems.append(("model.positions", "is \(positions.rawValue), not learned"))
    }
    if norm != .layer { problems.append(("model.norm", "is \(norm.rawValue), not layer")) }
    if activation != .gelu && activation != .geluTanh {
      problems.append(("model.activation", "is \(activation.rawValue), not gelu or gelu_tanh"))
    }
    if queryKeyNorm { problems.append(("model.qk_norm", "is true, not false")) }
    return problems
  }
}
