import Autograd
import Layers
import Runs
import Training

/// A GAN of convolutions.
public typealias DCGAN = GAN<Generator, Discriminator>

extension GAN where G == Generator, D == Discriminator {
  /// Networks of that configuration, initialized from `seed`, to be trained for `steps`.
  public convenience init(
    _ configuration: DCGANConfiguration, loss: AdversarialLoss = .nonSaturating,
    penalty: GradientPenalty = GradientPenalty(),
    optimizer: OptimizerOptions = OptimizerOptions(learningRate: 2e-4, beta1: 0.5, beta2: 0.999),
    discriminatorOptimizer: OptimizerOptions? = nil, discriminatorSteps: Int = 1,
    emaDecay: Double = 0.999, steps: Int = .max, seed: UInt64 = 0
  ) {
    self.init(
      loss: loss, penalty: penalty, packing: configuration.packing, optimizer: optimizer,
      discriminatorOptimizer: discriminatorOptimizer, discriminatorSteps: discriminatorSteps,
      emaDecay: emaDecay, steps: steps, seed: seed,
      generator: { Generator(configuration) }, discriminator: { Discriminator(configuration) })
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
  /// What both networks are made of.
  public var blocks = Blocks.dcgan
  /// What stands behind the discriminator's inner convolutions.
  public var discriminatorNorm = DiscriminatorNorm.batch

  /// How many images the discriminator sees at a time.
  public var packing = 1

  /// What the networks are made of.
  public enum Blocks: String, RecipeChoice {
    /// Convolutions of 4x4 pixels and stride 2, as in the paper.
    case dcgan
    /// Residual blocks without norms at each size, between bilinear resizings.
    case residual

    /// The networks that are made of them.
    var networks:
      (
        generator: any (GeneratorNetwork & ConfiguredNetwork).Type,
        discriminator: any (DiscriminatorNetwork & ConfiguredNetwork).Type
      )
    {
      switch self {
      case .dcgan: (Generator.self, Discriminator.self)
      case .residual: (ResidualGenerator.self, ResidualDiscriminator.self)
      }
    }
  }

  /// The norm of a discriminator.
  public enum DiscriminatorNorm: String, RecipeChoice {
    /// Batch norm, as in the paper.
    case batch
    /// None, as gradient penalties allow.
    case none
    /// Spectral norm of all convolutions, with a power iteration for each of the discriminator's updates.
    case spectral
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

/// A network of a GAN for images, which is made as a configuration says.
protocol ConfiguredNetwork: Module {
  init(_ configuration: DCGANConfiguration)
}

extension Generator: ConfiguredNetwork {}
extension Discriminator: ConfiguredNetwork {}
extension ResidualGenerator: ConfiguredNetwork {}
extension ResidualDiscriminator: ConfiguredNetwork {}
