import Autograd
import Compute

/// Layer normalization: Ba, Kiros and Hinton, "Layer Normalization" (2016).
public struct LayerNorm: Module {
  /// [channels].
  public let weight: Parameter
  /// [channels].
  public let bias: Parameter
  /// What is added to the variance.
  public let epsilon: Float

  /// A layer for rows of that many channels.
  public init(_ channels: Int, epsilon: Float = 1e-5) {
    weight = Parameter([channels], .constant(1))
    bias = Parameter([channels], .constant(0))
    self.epsilon = epsilon
  }

  /// x [..., channels], each row normalized.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    layerNorm(x, weight: weight.tensor, bias: bias.tensor, epsilon: epsilon)
  }
}

/// Root mean square normalization: Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
public struct RMSNorm: Module {
  /// [channels].
  public let weight: Parameter
  /// What is added to the mean square.
  public let epsilon: Float

  /// A layer for rows of that many channels.
  public init(_ channels: Int, epsilon: Float = 1e-6) {
    weight = Parameter([channels], .constant(1))
    self.epsilon = epsilon
  }

  /// x [..., channels], each row divided by its root mean square.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    rmsNorm(x, weight: weight.tensor, epsilon: epsilon)
  }
}
