/// A function that is applied to each element of a layer's output.
public enum Activation: Equatable, Sendable {
  /// x.
  case identity
  /// max(x, 0).
  case relu
  /// max(x, 0)^2. So et al., "Primer: Searching for Efficient Transformers" (2021).
  case reluSquared
  /// x where it is positive, elsewhere `slope` times x; the slope is not negative.
  case leakyRelu(slope: Float)
  /// The hyperbolic tangent.
  case tanh
  /// The logistic function 1 / (1 + e^-x).
  case sigmoid
  /// x sigmoid(x). Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
  case silu
  /// x times the normal distribution function, x / 2 (1 + erf(x / sqrt 2)). From the same paper.
  case gelu
  /// The same with tanh(sqrt(2 / pi) (x + 0.044715 x^3)) for the error function, as in GPT-2.
  case geluTanh

  /// Whether the derivative is computed from the function's value, so that its argument need not be
  /// kept; otherwise it is computed from the argument.
  public var differentiatesFromOutput: Bool {
    switch self {
    case .identity, .relu, .reluSquared, .leakyRelu, .tanh, .sigmoid: true
    case .silu, .gelu, .geluTanh: false
    }
  }
}
