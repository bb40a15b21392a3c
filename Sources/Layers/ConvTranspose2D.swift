import Autograd
import Compute

/// A transposed convolution of images: it spreads each pixel by the kernel, `stride` pixels apart.
public struct ConvTranspose2D: Module {
  /// [kernel, kernel, outputs, inputs]: the kernels of the convolution that leads back.
  public let weight: Parameter
  /// [outputs].
  public let bias: Parameter?
  /// The distance of neighboring inputs in the output, in pixels.
  public let stride: Int
  /// How many rows and columns are cut off around the output.
  public let padding: Int

  /// A layer from `inputs` to `outputs` channels with square kernels.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    bias: Bool = true, initializer: Initializer = .standard
  ) {
    let shape = [kernel, kernel, outputs, inputs]
    weight = Parameter(shape, initializer)
    self.bias = bias ? Parameter([outputs], .standardBias(ofWeight: shape)) : nil
    self.stride = stride
    self.padding = padding
  }

  /// x [N, H, W, inputs] to [N, H', W', outputs], the activation included, where H' is
  /// (H - 1) stride - 2 padding + kernel.
  public func callAsFunction(_ x: Tensor, activation: Activation = .identity) -> Tensor {
    convTranspose2D(
      x, weight.tensor, bias: bias?.tensor, stride: stride, padding: padding,
      activation: activation)
  }
}
