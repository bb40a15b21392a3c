/// The sizes and variants of a UNet: the fields of the configuration of diffusers' `UNet2DModel`, with
/// that class's defaults.
///
/// Of what has a single value here there is no field: times are embedded by sines and cosines
/// (`time_embedding_type: positional`), the activation is SiLU (`act_fn: silu`), and classes have a
/// table (`class_embed_type: null`).
public struct UNetConfiguration: Equatable, Sendable {
  /// Pixels of an image's side.
  public var sampleSize = 32
  /// Channels of the input.
  public var inChannels = 3
  /// Channels of the output.
  public var outChannels = 3
  /// Whether the input is in 0...1 and brought to -1...1 first.
  public var centerInputSample = false
  /// Numbers in the embedding of the time; nil for four times the first level's channels.
  public var timeEmbeddingDim: Int?
  /// What is taken from the number of frequencies where it divides: see `TimestepSinusoids`.
  public var freqShift = 0
  /// Whether the cosines of the time come before the sines.
  public var flipSinToCos = true
  /// The kinds of the levels on the way down (`down_block_types`).
  public var downBlocks: [UNetDownBlockKind] = [.plain, .attention, .attention, .attention]
  /// Whether there are blocks between the ways (`mid_block_type`, which may be null).
  public var hasMidBlock = true
  /// The kinds of the levels on the way up, the lowest first (`up_block_types`).
  public var upBlocks: [UNetUpBlockKind] = [.attention, .attention, .attention, .plain]
  /// Channels of each level.
  public var blockOutChannels = [224, 448, 672, 896]
  /// Residual blocks of a level on the way down; there is one more on the way up.
  public var layersPerBlock = 2
  /// What the outputs of the middle's blocks are divided by.
  public var midBlockScaleFactor: Float = 1
  /// Zeros around the input of a convolution that halves the size: 1 for one on each side, 0 for one
  /// at the right and at the bottom.
  public var downsamplePadding = 1
  /// How levels with attention halve the size.
  public var downsampleType = UNetResampling.conv
  /// How levels with attention double the size.
  public var upsampleType = UNetResampling.conv
  /// The probability with which a residual block drops an element in training.
  public var dropout: Float = 0
  /// Channels of an attention head; nil for a single head.
  public var attentionHeadDim: Int? = 8
  /// Groups of all norms but, if given otherwise, that of the middle's attention.
  public var normNumGroups = 32
  /// Groups of the norm of the middle's attention; nil for `normNumGroups`, or for no norm at all
  /// where the time scales and shifts.
  public var attnNormNumGroups: Int?
  /// What is added to the variance in norms.
  public var normEps: Float = 1e-5
  /// How residual blocks take the time in.
  public var resnetTimeScaleShift = UNetTimeScaleShift.shift
  /// Whether the middle has attention.
  public var addAttention = true
  /// Rows of the table of classes, one for "no class" included (`num_class_embeds`); nil for a model
  /// without classes.
  public var classCount: Int?
  /// Numbers that tell in training how an image was augmented; 0 for none. diffusers has no such input, and
  /// neither has sampling, where all would be 0.
  public var augmentationLabels = 0

  /// The class's defaults.
  public init() {}

  /// Numbers in the embedding of the time.
  public var timeEmbeddingChannels: Int { timeEmbeddingDim ?? 4 * blockOutChannels[0] }

  /// What the sides of an image must be multiples of, to be halved at each level but the last.
  public var sizeMultiple: Int { 1 << (blockOutChannels.count - 1) }

  /// Attention heads of that many channels.
  public func heads(_ channels: Int) -> Int { channels / (attentionHeadDim ?? channels) }

  /// Groups of the norm of the middle's attention; nil for no norm.
  var middleAttentionGroups: Int? {
    attnNormNumGroups ?? (resnetTimeScaleShift == .shift ? normNumGroups : nil)
  }
}

extension UNetConfiguration {
  /// google/ddpm-cifar10-32: Ho et al., "Denoising Diffusion Probabilistic Models" (2020), for color
  /// images of 32 pixels.
  public static let ddpmCIFAR10: UNetConfiguration = {
    var configuration = UNetConfiguration()
    configuration.freqShift = 1
    configuration.flipSinToCos = false
    configuration.downBlocks = [.plain, .attention, .plain, .plain]
    configuration.upBlocks = [.plain, .plain, .attention, .plain]
    configuration.blockOutChannels = [128, 256, 256, 256]
    configuration.downsamplePadding = 0
    configuration.attentionHeadDim = nil
    configuration.normEps = 1e-6
    return configuration
  }()

  /// A small one for gray images of 28 pixels, with attention at 7.
  public static let small28: UNetConfiguration = {
    var configuration = UNetConfiguration()
    configuration.sampleSize = 28
    configuration.inChannels = 1
    configuration.outChannels = 1
    configuration.downBlocks = [.plain, .plain, .attention]
    configuration.upBlocks = [.attention, .plain, .plain]
    configuration.blockOutChannels = [64, 128, 128]
    return configuration
  }()
}
