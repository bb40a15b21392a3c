import Autograd
import Layers

/// What stands between a UNet's ways down and up: two residual blocks, perhaps with attention in
/// between.
struct MiddleBlock: Module {
  let resnets: [ResidualBlock]
  /// One or none.
  let attentions: [SelfAttention]

  init(_ channels: Int, _ configuration: UNetConfiguration) {
    let divisor = configuration.midBlockScaleFactor
    resnets = (0..<2).map { _ in
      ResidualBlock(channels, channels, configuration, divisor: divisor)
    }
    attentions =
      configuration.addAttention
      ? [
        SelfAttention(
          channels, groups: configuration.middleAttentionGroups, configuration, divisor: divisor)
      ] : []
  }

  /// x [N, H, W, C] and the activated embedding of the time to the same shape as x.
  func callAsFunction(_ x: Tensor, time: Tensor) -> Tensor {
    let h = attentions.reduce(resnets[0](x, time: time)) { $1($0) }
    return resnets[1](h, time: time)
  }
}
