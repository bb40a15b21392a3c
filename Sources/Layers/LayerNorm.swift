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
