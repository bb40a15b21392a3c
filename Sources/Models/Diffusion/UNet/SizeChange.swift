import Autograd
import Layers

/// What stands at the end of a UNet's level and halves or doubles the image's sides.
protocol SizeChange: Module {
  /// x [N, H, W, C] and the activated embedding of the time [N, E], which not all use.
  func callAsFunction(_ x: Tensor, time: Tensor) -> Tensor
}

/// To half the size by a convolution.
struct Downsample: SizeChange {
  let conv: Conv2D

  /// A padding of 1 puts zeros around the image, one of 0 a row at the bottom and a column at the
  /// right.
  init(_ channels: Int, padding: Int) {
    conv = Conv2D(
      channels, channels, kernel: 3, stride: 2, padding: padding,
      extraPadding: padding == 0 ? 1 : 0, group: .hidden)
  }

  /// x [N, H, W, C] to [N, H / 2, W / 2, C].
  func callAsFunction(_ x: Tensor, time: Tensor) -> Tensor { conv(x) }
}

/// To double the size by repeating pixels, then a convolution.
struct Upsample: SizeChange {
  let conv: Conv2D

  init(_ channels: Int) { conv = Conv2D(channels, channels, kernel: 3, padding: 1, group: .hidden) }

  /// x [N, H, W, C] to [N, 2 H, 2 W, C].
  func callAsFunction(_ x: Tensor, time: Tensor) -> Tensor { conv(upsampleNearest(x, factor: 2)) }
}
