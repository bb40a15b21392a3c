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
