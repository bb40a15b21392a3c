import Autograd
import Layers

/// A residual block of a UNet: norm, SiLU and convolution twice, the time in between, and a shortcut
/// around it all. diffusers' `ResnetBlock2D`.
struct ResidualBlock: SizeChange {
  /// How the block changes the size of the image on the way.
  enum Size { case same, halved, doubled }

  let norm1: GroupNorm
  let conv1: Conv2D
  /// To the shift of each channel, or to its scale and shift.
  let timeEmbProj: Linear
  let norm2: GroupNorm
  let dropout: Dropout
  let conv2: Conv2D
  /// Where the number of channels changes.
  let convShortcut: Conv2D?
  private let time: UNetTimeScaleShift
  private let size: Size
  private let divisor: Float

  /// A block whose output is divided by `divisor`.
  init(
    _ inputs: Int, _ outputs: Int, _ configuration: UNetConfiguration, size: Size = .same,
    divisor: Float = 1
  ) {
    func norm(_ channels: Int) -> GroupNorm {
      GroupNorm(
        groups: configuration.normNumGroups, channels: channels, epsilon: configuration.normEps)
    }
    (time, self.size, self.divisor) = (configuration.resnetTimeScaleShift, size, divisor)
    norm1 = norm(inputs)
    conv1 = Conv2D(inputs, outputs, kernel: 3, padding: 1, group: .hidden)
    timeEmbProj = Linear(
      configuration.timeEmbeddingChannels, time == .shift ? outputs : 2 * outputs)
    norm2 = norm(outputs)
    dropout = Dropout(configuration.dropout)
    conv2 = Conv2D(outputs, outputs, kernel: 3, padding: 1, group: .hidden)
    convShortcut = inputs == outputs ? nil : Conv2D(inputs, outputs, kernel: 1, group: .hidden)
  }

  /// x [N, H, W, inputs] and the activated embedding of the time [N, E] to [N, H', W', outputs].
  func callAsFunction(_ x: Tensor, time: Tensor) -> Tensor {
    let condition = timeEmbProj(time)
    var h = conv1(resized(norm1(x, activation: .silu)))
    switch self.time {
    case .shift: h = norm2(h, shift: condition, activation: .silu)
    case .scaleShift: h = norm2(h, modulation: condition, activation: .silu)
    }
    h = conv2(dropout(h))
    let shortcut = resized(x)
    return (convShortcut?(shortcut) ?? shortcut).plus(h, over: divisor)
  }

  private func resized(_ x: Tensor) -> Tensor {
    switch size {
    case .same: x
    // Halfway between the centers of pixels, interpolation is the mean of four.
    case .halved: resizeBilinear(x, height: x.shape[1] / 2, width: x.shape[2] / 2)
    case .doubled: upsampleNearest(x, factor: 2)
    }
  }
}

extension Tensor {
  /// (self + y) / divisor.
  func plus(_ y: Tensor, over divisor: Float) -> Tensor {
    divisor == 1 ? self + y : affine(self + y, scale: 1 / divisor)
  }
}
