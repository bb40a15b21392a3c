import Autograd
import Layers

/// The half of a DCGAN that draws: a latent vector grows to an image, twice as large layer by layer.
public struct Generator: Module {
  /// From the latent vector to 4x4 pixels.
  public let project: UpBlock
  /// Each to twice the size and half the channels.
  public let up: [UpBlock]
  /// To the image.
  public let output: ConvTranspose2D

  /// A generator of that configuration.
  public init(_ configuration: DCGANConfiguration) {
    let widths = Array(configuration.widths.reversed())
    project = UpBlock(configuration.latentSize, widths[0], stride: 1, padding: 0)
    up = zip(widths, widths.dropFirst()).map { UpBlock($0, $1, stride: 2, padding: 1) }
    output = ConvTranspose2D(
      configuration.channels, configuration.imageChannels, kernel: 4, stride: 2, padding: 1,
      bias: false, initializer: .normal(standardDeviation: DCGANConfiguration.deviation))
  }

  /// Latent vectors [N, 1, 1, latentSize] to images [N, size, size, imageChannels] in -1...1.
  public func callAsFunction(_ z: Tensor) -> Tensor {
    output(up.reduce(project(z)) { $1($0) }, activation: .tanh)
  }

  /// A transposed convolution, batch norm and ReLU.
  public struct UpBlock: Module {
    /// The transposed convolution.
    public let conv: ConvTranspose2D
    /// The norm of its output.
    public let norm: BatchNorm2D

    init(_ inputs: Int, _ outputs: Int, stride: Int, padding: Int) {
      conv = ConvTranspose2D(
        inputs, outputs, kernel: 4, stride: stride, padding: padding, bias: false,
        initializer: .normal(standardDeviation: DCGANConfiguration.deviation))
      norm = BatchNorm2D(
        outputs, initializer: .normal(mean: 1, standardDeviation: DCGANConfiguration.deviation))
    }

    /// x [N, H, W, inputs] to [N, H', W', outputs].
    public func callAsFunction(_ x: Tensor) -> Tensor { norm(conv(x), activation: .relu) }
  }
}
