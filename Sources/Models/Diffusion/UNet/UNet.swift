import Autograd
import Compute
import Layers

/// A network that tells what noise is in an image: levels of residual blocks and attention, down to
/// small sizes and up again, with connections across. Its parameters are named as in diffusers'
/// `UNet2DModel`.
///
/// Ronneberger et al., "U-Net" (2015); Ho et al., "Denoising Diffusion Probabilistic Models" (2020).
public struct UNet: Module {
  /// The sizes and variants.
  public let configuration: UNetConfiguration
  let convIn: Conv2D
  let timeEmbedding: TimestepEmbedding
  let classEmbedding: Embedding?
  /// What is added for the numbers that tell how an image was augmented: at first nothing.
  let augmentEmbedding: Linear?
  let downBlocks: [DownBlock]
  let midBlock: MiddleBlock?
  let upBlocks: [UpBlock]
  let convNormOut: GroupNorm
  let convOut: Conv2D

  /// A UNet of a configuration that has been checked, without values.
  public init(_ configuration: UNetConfiguration) {
    do { try configuration.check() } catch { preconditionFailure("UNet: \(error)") }
    self.configuration = configuration
    let widths = configuration.blockOutChannels
    let (first, last) = (widths[0], widths[widths.count - 1])
    convIn = Conv2D(configuration.inChannels, first, kernel: 3, padding: 1)
    timeEmbedding = TimestepEmbedding(first, configuration.timeEmbeddingChannels)
    classEmbedding = configuration.classCount.map {
      Embedding($0, configuration.timeEmbeddingChannels)
    }
    augmentEmbedding =
      configuration.augmentationLabels == 0
      ? nil
      : Linear(
        configuration.augmentationLabels, configuration.timeEmbeddingChannels, bias: false,
        initializer: .constant(0))
    downBlocks = widths.indices.map {
      DownBlock($0, inputs: widths[max($0 - 1, 0)], configuration)
    }
    midBlock = configuration.hasMidBlock ? MiddleBlock(last, configuration) : nil
    var skips = Self.skipChannels(configuration)
    upBlocks = widths.indices.map { level in
      let taken = (0...configuration.layersPerBlock).map { _ in skips.removeLast() }
      let above = widths[min(widths.count - level, widths.count - 1)]
      return UpBlock(level, inputs: above, skips: taken, configuration)
    }
    convNormOut = GroupNorm(
      groups: configuration.normNumGroups, channels: first, epsilon: configuration.normEps)
    convOut = Conv2D(first, configuration.outChannels, kernel: 3, padding: 1)
  }

  /// The channels of the outputs on the way down that the way up takes: those of the first convolution,
  /// and of each level's layers and change of size.
  private static func skipChannels(_ configuration: UNetConfiguration) -> [Int] {
    let widths = configuration.blockOutChannels
    return [widths[0]]
      + widths.enumerated().flatMap { level, width in
        let layers = configuration.layersPerBlock + (level < widths.count - 1 ? 1 : 0)
        return Array(repeating: width, count: layers)
      }
  }

  /// Images x [N, H, W, inChannels], their times and, if the model has them, their classes to
  /// [N, H, W, outChannels]; the sides are multiples of `sizeMultiple`. In training `augmentation`, [N, labels], may
  /// tell how images were augmented.
  public func callAsFunction(
    _ x: Tensor, timesteps: [Float], classes: [Int32]? = nil, augmentation: Values? = nil
  ) -> Tensor {
    let multiple = configuration.sizeMultiple
    precondition(
      x.shape.count == 4 && x.shape[3] == configuration.inChannels && x.shape[1] % multiple == 0
        && x.shape[2] % multiple == 0,
      "UNet of \(x.shape): images have \(configuration.inChannels) channels, and their sides are "
        + "multiples of \(multiple)")
    precondition(
      timesteps.count == x.shape[0] && classes?.count == (classEmbedding == nil ? nil : x.shape[0]),
      "UNet of \(x.shape): \(timesteps.count) times, \(classes?.count ?? 0) classes")
    precondition(
      augmentation.map { $0.shape == [x.shape[0], configuration.augmentationLabels] } ?? true,
      "UNet of \(x.shape): augmentation of \(augmentation?.shape ?? [])")

    let sinusoids = TimestepSinusoids(configuration)(timesteps)
    var embedding = timeEmbedding(Tensor(constant: sinusoids))
    if let classEmbedding, let classes { embedding = embedding + classEmbedding(classes) }
    if let augmentEmbedding, let augmentation {
      embedding = embedding + augmentEmbedding(Tensor(constant: augmentation))
    }
    let time = silu(embedding)

    var h = convIn(configuration.centerInputSample ? affine(x, scale: 2, shift: -1) : x)
    var skips = [h]
    for block in downBlocks {
      skips += block(h, time: time)
      h = skips[skips.count - 1]
    }
    h = midBlock?(h, time: time) ?? h
    for block in upBlocks { h = block(h, time: time, skips: &skips) }
    return convOut(convNormOut(h, activation: .silu))
  }
}
