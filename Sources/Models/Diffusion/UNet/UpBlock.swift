import Autograd
import Layers

/// A level of a UNet's way up: residual blocks, each with an output of the way down beside its input,
/// perhaps with attention behind each, and a change to double the size in all levels but the last.
struct UpBlock: Module {
  let resnets: [ResidualBlock]
  /// As many as there are residual blocks, or none.
  let attentions: [SelfAttention]
  /// One or none.
  let upsamplers: [any SizeChange]

  /// The level of that number on the way up, whose input has `inputs` channels; `skips` are the
  /// channels of the ways down's outputs in the order in which they are taken.
  init(_ level: Int, inputs: Int, skips: [Int], _ configuration: UNetConfiguration) {
    let last = configuration.blockOutChannels.count - 1
    let (kind, channels) = (
      configuration.upBlocks[level], configuration.blockOutChannels[last - level]
    )
    resnets = skips.enumerated().map { index, skip in
      ResidualBlock((index == 0 ? inputs : channels) + skip, channels, configuration)
    }
    attentions =
      kind != .attention
      ? []
      : resnets.map { _ in
        SelfAttention(channels, groups: configuration.normNumGroups, configuration)
      }
    let hasConv = kind == .plain || kind == .attention && configuration.upsampleType == .conv
    switch (level == last, hasConv) {
    case (true, _): upsamplers = []
    case (_, true): upsamplers = [Upsample(channels)]
    case (_, false):
      upsamplers = [ResidualBlock(channels, channels, configuration, size: .doubled)]
    }
  }

  /// x [N, H, W, inputs], the activated embedding of the time, and the outputs of the way down, of
  /// which the last are taken.
  func callAsFunction(_ x: Tensor, time: Tensor, skips: inout [Tensor]) -> Tensor {
    var h = x
    for (index, resnet) in resnets.enumerated() {
      h = resnet(concatenate([h, skips.removeLast()]), time: time)
      if !attentions.isEmpty { h = attentions[index](h) }
    }
    return upsamplers.reduce(h) { $1($0, time: time) }
  }
}
