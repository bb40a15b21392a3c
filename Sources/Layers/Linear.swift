import Autograd
import Compute

/// x W + b along the last dimension.
public struct Linear: Module {
  /// [inputs, outputs].
  public let weight: Parameter
  /// [outputs].
  public let bias: Parameter?

  /// A layer from `inputs` to `outputs` features.
  ///
  /// - Parameters:
  ///   - biasInitializer: of the first bias; nil for PyTorch's.
  ///   - group: the optimizer's settings for the weight.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, initializer: Initializer = .standard,
    biasInitializer: Initializer? = nil, group: ParameterGroup = .decay
  ) {
    let shape = [inputs, outputs]
    weight = Parameter(shape, initializer, group: group)
    self.bias =
      bias ? Parameter([outputs], biasInitializer ?? .standardBias(ofWeight: shape)) : nil
  }

  /// x [..., inputs] to [..., outputs], the activation included.
  public func callAsFunction(_ x: Tensor, activation: Activation = .identity) -> Tensor {
    linear(x, weight.tensor, bias: bias?.tensor, activation: activation)
  }

  /// How fast the output changes as x changes by `tangent`, [..., inputs] to [..., outputs].
  public func tangent(_ tangent: Tensor) -> Tensor { linear(tangent, weight.tensor, bias: nil) }
}
