import Autograd
import Layers

/// The generator of a DCGAN: a latent vector grows to an image, twice as large layer by layer.
public struct Generator: GeneratorNetwork {
  /// A vector for each class, beside the latent one.
  public let classEmbedding: Embedding?
  /// From the latent vector to 4x4 pixels.
  public let project: UpBlock
  /// Each to twice the size and half the channels.
  public let up: [UpBlock]
  /// To the image.
  public let output: ConvTranspose2D

  /// A generator of that configuration.
  public init(_ configuration: DCGANConfiguration) {
    let widths = Array(configuration.widths.reversed())
    classEmbedding = Self.classEmbedding(configuration)
    project = UpBlock(
      configuration.latentSize + (classEmbedding == nil ? 0 : Self.classSize), widths[0], stride: 1,
      padding: 0)
    up = zip(widths, widths.dropFirst()).map { UpBlock($0, $1, stride: 2, padding: 1) }
    output = ConvTranspose2D(
      configuration.channels, configuration.imageChannels, kernel: 4, stride: 2, padding: 1,
      bias: false, initializer: .normal(standardDeviation: DCGANConfiguration.deviation))
  }

  /// Numbers in the vector of a class.
  static let classSize = 32

  static func classEmbedding(_ configuration: DCGANConfiguration) -> Embedding? {
    configuration.classCount.map { Embedding($0, classSize) }
  }

  /// Latent vectors with those of the classes behind them.
  static func latents(_ z: Tensor, _ classEmbedding: Embedding?, _ classes: [Int32]?) -> Tensor {
    precondition(
      classes?.count == (classEmbedding == nil ? nil : z.shape[0]), "\(classes?.count ?? 0) classes"
    )
    guard let classEmbedding, let classes else { return z }
    return concatenate([
      z, reshape(classEmbedding(classes), to: [z.shape[0], 1, 1, classSize]),
    ])
  }

  /// Latent vectors [N, 1, 1, latentSize], and classes where it knows any, to images
  /// [N, size, size, imageChannels] in -1...1.
  public func callAsFunction(_ z: Tensor, classes: [Int32]?) -> Tensor {
    let start = project(Self.latents(z, classEmbedding, classes))
    return output(up.reduce(start) { $1($0) }, activation: .tanh)
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
      norm = DCGANConfiguration.norm(outputs)
    }

    /// x [N, H, W, inputs] to [N, H', W', outputs].
    public func callAsFunction(_ x: Tensor) -> Tensor { norm(conv(x), activation: .relu) }
  }
}
