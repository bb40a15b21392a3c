import Autograd
import Compute
import Layers

/// A block: x + attention(norm(x)), and of that, x + MLP(norm(x)).
public struct TransformerBlock: Module {
  // The names in GPT-2's checkpoints, whose underscore camel case has no letter for.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The norm before the attention.
  public let ln_1: TransformerNorm
  /// The attention's two matrices.
  public let attn: Projections
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The norm before the MLP.
  public let ln_2: TransformerNorm
  /// The MLP.
  public let mlp: MLP
  private let dropout: Dropout

  /// Queries, keys and values of all heads, and what becomes of their mixture.
  public struct Projections: Module {
    /// [width, 3 width].
    public let cAttn: Linear
    /// [width, width].
    public let cProj: Linear
  }

  /// Two matrices with an activation between them.
  public struct MLP: Module {
    /// [width, hidden], or with SwiGLU [width, 2 hidden].
    public let cFc: Linear
    /// [hidden, width].
    public let cProj: Linear
    let activation: TransformerConfiguration.Activation

    func callAsFunction(_ x: Tensor) -> Tensor {
      guard let function else { return cProj(swiglu(cFc(x))) }
      return Autograd.mlp(
        x, hidden: (cFc.weight.tensor, cFc.bias?.tensor), activation: function,
        output: (cProj.weight.tensor, cProj.bias?.tensor))
    }

    /// The function of each hidden channel; nil for SwiGLU, which takes them in pairs.
    var function: Activation? {
      switch activation {
      case .gelu: .gelu
      case .geluTanh: .geluTanh
      case .reluSquared: .reluSquared
      case .swiglu: nil
      }
    }
  }

  init(_ configuration: TransformerConfiguration) {
    let (width, hidden) = (configuration.width, configuration.hiddenSize)
    // As GPT-2: what the branches add grows with their number, which the last matrices make up for.
    let residual: Initializer =
      configuration.zeroProjections
      ? .constant(0) : .embedding(scale: 1 / Float(2 * configuration.layers).squareRoot())
    func linear(_ inputs: Int, _ outputs: Int, _ initializer: Initializer) -> Linear {
      Linear(
        inputs, outputs, bias: configuration.bias, initializer: initializer,
        biasInitializer: .constant(0), group: .hidden)
    }
    ln_1 = TransformerNorm(configuration)
    attn = Projections(
      cAttn: linear(width, 3 * width, .embedding()), cProj: linear(width, width, residual))
    ln_2 = TransformerNorm(configuration)
    let isGated = configuration.activation == .swiglu
    mlp = MLP(
      cFc: linear(width, isGated ? 2 * hidden : hidden, .embedding()),
      cProj: linear(hidden, width, residual), activation: configuration.activation)
    dropout = Dropout(configuration.dropout)
  }

  /// x [B, T, width]; `attend` mixes the values of queries, keys and values [B, T, 3 width].
  func callAsFunction(_ x: Tensor, attend: (Tensor) -> Tensor) -> Tensor {
    let x = x + dropout(attn.cProj(attend(attn.cAttn(ln_1(x)))))
    return x + dropout(mlp(ln_2(x)))
  }
}

/// Layer norm or root mean square norm, as the configuration says.
public struct TransformerNorm: Module {
  /// [width].
  public let weight: Parameter
  /// [width]; nil for a root mean square norm, or without biases.
  public let bias: Parameter?
  private let kind: TransformerConfiguration.Norm
  private let epsilon: Float

  init(_ configuration: TransformerConfiguration) {
    kind = configuration.norm
    epsilon = configuration.normEpsilon
    weight = Parameter([configuration.width], .constant(1))
    bias =
      kind == .layer && configuration.bias ? Parameter([configuration.width], .constant(0)) : nil
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    switch kind {
    case .layer: layerNorm(x, weight: weight.tensor, bias: bias?.tensor, epsilon: epsilon)
    case .rms: rmsNorm(x, weight: weight.tensor, epsilon: epsilon)
    }
  }
}

extension Initializer {
  /// GPT-2's for matrices and embeddings.
  static func embedding(scale: Float = 1) -> Initializer {
    .normal(standardDeviation: 0.02 * scale)
  }
}
