import Autograd
import Layers

/// Attention of an image's pixels to each other, with a norm before it and a shortcut around it:
/// diffusers' `Attention`, as its UNet for images uses it.
struct SelfAttention: Module {
  let groupNorm: GroupNorm?
  let toQ: Linear
  let toK: Linear
  let toV: Linear
  /// One layer; diffusers has dropout, which UNets for images do not use, as the second.
  let toOut: [Linear]
  private let heads: Int
  private let divisor: Float

  /// Attention whose norm has that many groups, or which has none, and whose output is divided by
  /// `divisor`.
  init(_ channels: Int, groups: Int?, _ configuration: UNetConfiguration, divisor: Float = 1) {
    groupNorm = groups.map {
      GroupNorm(groups: $0, channels: channels, epsilon: configuration.normEps)
    }
    toQ = Linear(channels, channels, group: .hidden)
    toK = Linear(channels, channels, group: .hidden)
    toV = Linear(channels, channels, group: .hidden)
    toOut = [Linear(channels, channels, group: .hidden)]
    heads = configuration.heads(channels)
    self.divisor = divisor
  }

  /// x [N, H, W, C] to the same shape.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let pixels = [x.shape[0], x.shape[1] * x.shape[2], x.shape[3]]
    let tokens = reshape(groupNorm?(x) ?? x, to: pixels)
    let mixed = attention(toQ(tokens), toK(tokens), toV(tokens), heads: heads)
    return x.plus(reshape(toOut[0](mixed), to: x.shape), over: divisor)
  }
}
