import Autograd
import Compute
import Layers

/// A generator of residual blocks without norms: Huang et al., "The GAN is Dead; Long Live the GAN! A Modern GAN
/// Baseline" (2024), scaled down.
public struct ResidualGenerator: GeneratorNetwork {
  /// A vector for each class, beside the latent one.
  public let classEmbedding: Embedding?
  /// From the latent vector to 4x4 pixels.
  public let project: ConvTranspose2D
  /// One at each size, from 4x4 pixels on.
  public let blocks: [BottleneckBlock]
  /// Each to the channels of the next size, before the features grow.
  public let up: [Conv2D]
  /// To the image.
  public let output: Conv2D

  /// A generator of that configuration.
  public init(_ configuration: DCGANConfiguration) {
    let widths = Array(configuration.residualWidths.reversed())
    classEmbedding = Generator.classEmbedding(configuration)
    let inputs = configuration.latentSize + (classEmbedding == nil ? 0 : Generator.classSize)
    project = ConvTranspose2D(
      inputs, widths[0], kernel: 4, initializer: BottleneckBlock.initializer(fanIn: inputs))
    blocks = widths.map { BottleneckBlock($0, depth: widths.count) }
    up = zip(widths, widths.dropFirst()).map { BottleneckBlock.conv($0, $1) }
    output = BottleneckBlock.conv(configuration.channels, configuration.imageChannels)
  }

  /// Latent vectors [N, 1, 1, latentSize], and classes where it knows any, to images
  /// [N, size, size, imageChannels] in -1...1.
  public func callAsFunction(_ z: Tensor, classes: [Int32]?) -> Tensor {
    var x = blocks[0](project(Generator.latents(z, classEmbedding, classes)))
    for (conv, block) in zip(up, blocks.dropFirst()) { x = block(resized(conv(x), by: 2)) }
    return output(x, activation: .tanh)
  }
}

/// The discriminator that mirrors the residual generator.
public struct ResidualDiscriminator: DiscriminatorNetwork {
  /// From the image to features of its size.
  public let input: Conv2D
  /// One at each size, down to 4x4 pixels.
  public let blocks: [BottleneckBlock]
  /// Each to the channels of the next size, after the features have shrunk.
  public let down: [Conv2D]
  /// From 4x4 pixels to the number, and one for each class.
  public let output: Conv2D

  /// A discriminator of that configuration.
  public init(_ configuration: DCGANConfiguration) {
    let widths = configuration.residualWidths
    input = BottleneckBlock.conv(
      configuration.packing * configuration.imageChannels, widths[0])
    blocks = widths.map { BottleneckBlock($0, depth: widths.count) }
    down = zip(widths, widths.dropFirst()).map { BottleneckBlock.conv($0, $1) }
    output = BottleneckBlock.conv(
      widths[widths.count - 1], 1 + (configuration.classCount ?? 0), kernel: 4)
  }

  /// Images [N, size, size, packing imageChannels], and their classes where it knows any, to logits [N].
  public func callAsFunction(_ images: Tensor, classes: [Int32]?) -> Tensor {
    var x = blocks[0](input(images))
    for (conv, block) in zip(down, blocks.dropFirst()) { x = block(conv(resized(x, by: 0.5))) }
    return Discriminator.logits(output(x), classes)
  }

  /// The same with the directional derivative.
  public func callAsFunction(
    _ images: Tensor, tangent: Tensor, classes: [Int32]?
  ) -> (logits: Tensor, derivatives: Tensor) {
    var (x, change) = blocks[0](input(images), tangent: input.tangent(tangent))
    for (conv, block) in zip(down, blocks.dropFirst()) {
      (x, change) = block(
        conv(resized(x, by: 0.5)), tangent: conv.tangent(resized(change, by: 0.5)))
    }
    return (
      Discriminator.logits(output(x), classes),
      Discriminator.logits(output.tangent(change), classes)
    )
  }
}

/// x + f(x), f being convolutions of 1x1, 3x3 and 1x1 pixels, with half the channels between them.
///
/// In place of norms there is an initialization in which each block begins as the identity: Zhang, Dauphin and Ma,
/// "Fixup Initialization: Residual Learning Without Normalization" (2019).
public struct BottleneckBlock: Module {
  /// To half the channels.
  public let conv1: Conv2D
  /// Among neighbors.
  public let conv2: Conv2D
  /// Back to all channels; zeros at first.
  public let conv3: Conv2D

  private static let slope: Float = 0.2
  private static let activation = Activation.leakyRelu(slope: slope)

  /// A block of a network that has `depth` of them.
  init(_ channels: Int, depth: Int) {
    let inner = max(1, channels / 2)
    // Of m = 3 layers, two share in the factor depth^(-1 / (2 m - 2)).
    let gain =
      (2 / (1 + Self.slope * Self.slope)).squareRoot()
      / Float(depth).squareRoot().squareRoot()
    conv1 = Self.conv(channels, inner, gain: gain)
    conv2 = Self.conv(inner, inner, kernel: 3, padding: 1, gain: gain)
    conv3 = Self.conv(inner, channels, gain: 0)
  }

  /// x [N, H, W, channels] to the same shape.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x + conv3(conv2(conv1(x, activation: Self.activation), activation: Self.activation))
  }

  /// The same, and how fast it changes as x changes by `tangent`.
  public func callAsFunction(_ x: Tensor, tangent: Tensor) -> (Tensor, Tensor) {
    let (inner, change) = [conv1, conv2].reduce((x, tangent)) { x, conv in
      let y = conv(x.0, activation: Self.activation)
      return (y, activationTangent(conv.tangent(x.1), Self.activation, at: y))
    }
    return (x + conv3(inner), tangent + conv3.tangent(change))
  }

  /// A convolution that multiplies the standard deviation of what it reads by `gain`.
  static func conv(
    _ inputs: Int, _ outputs: Int, kernel: Int = 1, padding: Int = 0, gain: Float = 1
  ) -> Conv2D {
    Conv2D(
      inputs, outputs, kernel: kernel, padding: padding,
      initializer: initializer(fanIn: kernel * kernel * inputs, gain: gain))
  }

  static func initializer(fanIn: Int, gain: Float = 1) -> Initializer {
    .uniform(bound: gain * (3 / Float(fanIn)).squareRoot())
  }
}

/// Features with their sides times a factor, by bilinear interpolation.
private func resized(_ x: Tensor, by factor: Double) -> Tensor {
  func side(_ axis: Int) -> Int { Int(Double(x.shape[axis]) * factor) }
  return resizeBilinear(x, height: side(1), width: side(2))
}

extension DCGANConfiguration {
  /// The channels of the residual networks' features from the image inwards, down to 4x4 pixels.
  var residualWidths: [Int] {
    (size == 64 ? [1, 2, 4, 8, 8] : [1, 2, 4, 8]).map { $0 * channels }
  }
}
