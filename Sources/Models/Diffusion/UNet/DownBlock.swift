import Autograd
import Layers

/// A level of a UNet's way down: residual blocks, perhaps with attention behind each, and a change to
/// half the size in all levels but the last.
struct DownBlock: Module {
  let resnets: [ResidualBlock]
  /// As many as there are residual blocks, or none.
  let attentions: [SelfAttention]
  /// One or none.
  let downsamplers: [any SizeChange]

  /// The level of that number, whose input has `inputs` channels.
  init(_ level: Int, inputs: Int, _ configuration: UNetConfiguration) {
    let (kind, channels) = (configuration.downBlocks[level], configuration.blockOutChannels[level])
    resnets = (0..<configuration.layersPerBlock).map {
      ResidualBlock($0 == 0 ? inputs : channels, channels, configuration)
    }
    attentions =
      kind != .attention
      ? []
      : resnets.map { _ in
        SelfAttention(channels, groups: configuration.normNumGroups, configuration)
      }
    let isLast = level == configuration.blockOutChannels.count - 1
    let hasConv = kind == .plain || kind == .attention && configuration.downsampleType == .conv
    switch (isLast, hasConv) {
    case (true, _): downsamplers = []
    case (_, true):
      downsamplers = [Downsample(channels, padding: configuration.downsamplePadding)]
    case (_, false):
      downsamplers = [ResidualBlock(channels, channels, configuration, size: .halved)]
    }
  }

  /// x [N, H, W, inputs] and the activated embedding of the time to the outputs of all layers; the
  /// last is the next level's input.
  func callAsFunction(_ x: Tensor, time: Tensor) -> [Tensor] {
    var outputs: [Tensor] = []
    for (index, resnet) in resnets.enumerated() {
      let h = resnet(outputs.last ?? x, time: time)
      outputs.append(attentions.isEmpty ? h : attentions[index](h))
    }
    for downsampler in downsamplers {
      outputs.append(downsampler(outputs.last ?? x, time: time))
    }
    return outputs
  }
}
