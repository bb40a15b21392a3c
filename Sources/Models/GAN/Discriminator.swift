import Autograd
import Layers

/// The discriminator of a DCGAN: an image shrinks by half layer by layer, to one number that is
/// the larger the more the image looks like the data.
public struct Discriminator: Module {
  /// From the image to half its size; without a norm, as the paper found best.
  public let input: Conv2D
  /// Each to half the size and twice the channels.
  public let down: [DownBlock]
  /// From 4x4 pixels to the number.
  public let output: Conv2D

  private static let slope: Float = 0.2

  /// A discriminator of that configuration.
  public init(_ configuration: DCGANConfiguration) {
    let widths = configuration.widths
    input = Self.conv(configuration.imageChannels, widths[0], stride: 2, padding: 1)
    down = zip(widths, widths.dropFirst()).map { DownBlock($0, $1) }
    output = Self.conv(widths[widths.count - 1], 1, stride: 1, padding: 0)
  }

  /// Images [N, size, size, imageChannels] to logits [N].
  public func callAsFunction(_ images: Tensor) -> Tensor {
    let features = down.reduce(input(images, activation: .leakyRelu(slope: Self.slope))) { $1($0) }
    return reshape(output(features), to: [images.shape[0]])
  }

  private static func conv(_ inputs: Int, _ outputs: Int, stride: Int, padding: Int) -> Conv2D {
    Conv2D(
      inputs, outputs, kernel: 4, stride: stride, padding: padding, bias: false,
      initializer: .normal(standardDeviation: DCGANConfiguration.deviation))
  }

  /// A convolution, batch norm and leaky ReLU.
  public struct DownBlock: Module {
    /// The convolution.
    public let conv: Conv2D
    /// The norm of its output.
    public let norm: BatchNorm2D

    init(_ inputs: Int, _ outputs: Int) {
      conv = Discriminator.conv(inputs, outputs, stride: 2, padding: 1)
      norm = BatchNorm2D(
        outputs, initializer: .normal(mean: 1, standardDeviation: DCGANConfiguration.deviation))
    }

    /// x [N, H, W, inputs] to [N, H / 2, W / 2, outputs].
    public func callAsFunction(_ x: Tensor) -> Tensor {
      norm(conv(x), activation: .leakyRelu(slope: Discriminator.slope))
    }
  }
}
