import Autograd
import Compute

/// A convolution of images.
public struct Conv2D: Module {
  /// [kernel, kernel, inputs, outputs].
  public let weight: Parameter
  /// [outputs].
  public let bias: Parameter?
  /// What the weight goes through before it is used; nil for as it is.
  public let spectralNorm: SpectralNorm?
  /// The distance of neighboring outputs in the input, in pixels.
  public let stride: Int
  /// How many rows and columns of zeros surround the input.
  public let padding: Int
  /// How many more there are at the bottom and at the right.
  public let extraPadding: Int

  /// A layer from `inputs` to `outputs` channels with square kernels; the group is the weight's.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    extraPadding: Int = 0, bias: Bool = true, initializer: Initializer = .standard,
    group: ParameterGroup? = nil, spectralNorm: Bool = false
  ) {
    let shape = [kernel, kernel, inputs, outputs]
    weight = Parameter(shape, initializer, group: group)
    self.bias = bias ? Parameter([outputs], .standardBias(ofWeight: shape)) : nil
    self.spectralNorm = spectralNorm ? SpectralNorm(ofWeight: shape) : nil
    self.stride = stride
    self.padding = padding
    self.extraPadding = extraPadding
  }

  /// x [N, H, W, inputs] to [N, H', W', outputs], the activation included, where H' is
  /// (H + 2 padding + extraPadding - kernel) / stride + 1, rounded down.
  public func callAsFunction(_ x: Tensor, activation: Activation = .identity) -> Tensor {
    conv2D(
      x, kernels, bias: bias?.tensor, stride: stride, padding: padding,
      extraPadding: extraPadding, activation: activation)
  }

  /// How fast the output changes as x changes by `tangent`, [N, H, W, inputs] to [N, H', W', outputs].
  public func tangent(_ tangent: Tensor) -> Tensor {
    conv2D(tangent, kernels, stride: stride, padding: padding, extraPadding: extraPadding)
  }

  /// The weight as it is used.
  private var kernels: Tensor { spectralNorm.map { $0(weight.tensor) } ?? weight.tensor }
}
