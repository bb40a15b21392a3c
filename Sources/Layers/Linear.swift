import Autograd
import Compute

/// x W + b along the last dimension.
public struct Linear: Module {
  /// [inputs, outputs].
  public let weight: Parameter
  /// [outputs].
  public let bias: Parameter?

  /// A layer from `inputs` to `outputs` features.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, initializer: Initializer = .standard
  ) {
    let shape = [inputs, outputs]
    weight = Parameter(shape, initializer)
    self.bias = bias ? Parameter([outputs], .standardBias(ofWeight: shape)) : nil
  }

  /// x [..., inputs] to [..., outputs], the activation included.
  public func callAsFunction(_ x: Tensor, activation: Activation = .identity) -> Tensor {
    linear(x, weight.tensor, bias: bias?.tensor, activation: activation)
  }
}
