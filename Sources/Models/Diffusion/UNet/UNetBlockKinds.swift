/// What a level of a UNet's way down is made of, under diffusers' name.
public enum UNetDownBlockKind: String, CaseIterable, Sendable {
  /// Residual blocks, then a convolution of stride 2.
  case plain = "DownBlock2D"
  /// Residual blocks with attention behind each.
  case attention = "AttnDownBlock2D"
  /// Residual blocks, the last of which halves the size by averages.
  case resnet = "ResnetDownsampleBlock2D"
}

/// What a level of a UNet's way up is made of, under diffusers' name.
public enum UNetUpBlockKind: String, CaseIterable, Sendable {
  /// Residual blocks, then nearest upsampling and a convolution.
  case plain = "UpBlock2D"
  /// Residual blocks with attention behind each.
  case attention = "AttnUpBlock2D"
  /// Residual blocks, the last of which doubles the size.
  case resnet = "ResnetUpsampleBlock2D"
}

/// How a level with attention changes the size; the other levels' kind tells.
public enum UNetResampling: String, CaseIterable, Sendable {
  /// A convolution.
  case conv
  /// A residual block around the change of size.
  case resnet
}

/// How a residual block takes the time in.
public enum UNetTimeScaleShift: String, CaseIterable, Sendable {
  /// Added to each channel before the second norm.
  case shift = "default"
  /// As a scale and a shift of each channel behind the second norm.
  case scaleShift = "scale_shift"
}
