import Autograd
import Layers
import Runs

/// The generator of a DCGAN: a latent vector grows to an image, twice as large layer by layer.
public struct Generator: Module {
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
    let classSize = Self.classSize
    classEmbedding = configuration.classCount.map { Embedding($0, classSize) }
    project = UpBlock(
      configuration.latentSize + (classEmbedding == nil ? 0 : classSize), widths[0], stride: 1,
      padding: 0)
    up = zip(widths, widths.dropFirst()).map { UpBlock($0, $1, stride: 2, padding: 1) }
    output = ConvTranspose2D(
      configuration.channels, configuration.imageChannels, kernel: 4, stride: 2, padding: 1,
      bias: false, initializer: .normal(standardDeviation: DCGANConfiguration.deviation))
  }

  /// Numbers in the vector of a class.
  private static let classSize = 32

  /// Latent vectors [N, 1, 1, latentSize], and classes where it knows any, to images
  /// [N, size, size, imageChannels] in -1...1.
  public func callAsFunction(_ z: Tensor, classes: [Int32]? = nil) -> Tensor {
    precondition(
      classes?.count == (classEmbedding == nil ? nil : z.shape[0]), "\(classes?.count ?? 0) classes"
    )
    var z = z
    if let classEmbedding, let classes {
      z = concatenate([
        z, reshape(classEmbedding(classes), to: [z.shape[0], 1, 1, Self.classSize]),
      ])
    }
    return output(up.reduce(project(z)) { $1($0) }, activation: .tanh)
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

/// The sizes of a DCGAN: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep
/// Convolutional Generative Adversarial Networks" (2015).
public struct DCGANConfiguration: Equatable, Sendable {
  /// Pixels of an image's side: 32 or 64.
  public var size = 32
  /// Channels of an image: 1, 3 or 4.
  public var imageChannels = 1
  /// Numbers in a latent vector.
  public var latentSize = 100
  /// Channels of the layers next to the image; each layer away from it has twice as many.
  public var channels = 64
  /// How many classes both networks know; nil for none.
  public var classCount: Int?
  /// What stands behind the discriminator's inner convolutions.
  public var discriminatorNorm = DiscriminatorNorm.batch

  /// The norm of a discriminator.
  public enum DiscriminatorNorm: String, RecipeChoice {
    /// Batch norm, as in the paper.
    case batch
    /// None, which gradient penalties need.
    case none
  }

  /// A configuration; see the properties.
  public init(size: Int = 32, imageChannels: Int = 1, latentSize: Int = 100, channels: Int = 64) {
    precondition(size == 32 || size == 64, "a DCGAN makes images of 32 or 64 pixels, not \(size)")
    self.size = size
    self.imageChannels = imageChannels
    self.latentSize = latentSize
    self.channels = channels
  }

  /// The channels of the feature maps from the image inwards, down to 4x4 pixels.
  var widths: [Int] { (size == 64 ? [1, 2, 4, 8] : [1, 2, 4]).map { $0 * channels } }

  /// The paper's initialization: weights from N(0, 0.02), gains of norms from N(1, 0.02).
  static let deviation: Float = 0.02

  /// A batch norm with gains of that initialization.
  static func norm(_ channels: Int) -> BatchNorm2D {
    BatchNorm2D(channels, initializer: .normal(mean: 1, standardDeviation: deviation))
  }
}
