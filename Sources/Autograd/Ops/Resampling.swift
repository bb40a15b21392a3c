import Compute

/// Images x [N, H, W, C] with each pixel repeated: [N, factor H, factor W, C].
public func upsampleNearest(_ x: Tensor, factor: Int) -> Tensor {
  checkImages("nearest upsampling", x)
  return resample(
    .upsampleNearest, x,
    .nearest(
      batch: x.shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3],
      factor: factor))
}

/// Images x [N, H, W, C] at another size by bilinear interpolation, [N, height, width, C]; pixels are
/// taken at their centers, as in PyTorch with `align_corners=False`.
public func resizeBilinear(_ x: Tensor, height: Int, width: Int) -> Tensor {
  checkImages("bilinear resizing", x)
  return resample(
    .resizeBilinear, x,
    .bilinear(
      batch: x.shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3],
      outputHeight: height, outputWidth: width))
}

private func resample(_ name: OpName, _ x: Tensor, _ resampling: Resampling) -> Tensor {
  let shape = [x.shape[0], resampling.outputHeight, resampling.outputWidth, x.shape[3]]
  func output(_ x: Values) -> Values {
    Values(shape) { resampling.forward(x.pointer, into: $0) }
  }
  let y = output(x.values)
  // An enlarged image is kept as the small one that it came from.
  let recompute = { [x = x.saved] in output(x.values) }
  return record(name, y, from: x, recompute: y.count > x.count ? recompute : nil) {
    [x = x.gradientTarget] dy, gradients in
    gradients.write(to: x) { resampling.gradient(dy.pointer, into: $0, accumulate: $1) }
  }
}

private func checkImages(_ name: String, _ x: Tensor) {
  precondition(x.shape.count == 4, "\(name) of \(x.shape), which is not [N, H, W, C]")
}

/// Images x [N, H, W, C], each distorted in its own way: [N, H, W, C].
///
/// What Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training" (2020), do to all images
/// that a discriminator sees.
public func distort(_ x: Tensor, by distortions: [ImageDistortion]) -> Tensor {
  checkImages("distortion", x)
  let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
  precondition(distortions.count == x.shape[0], "\(distortions.count) distortions of \(x.shape)")
  let y = Values(x.shape) {
    ImageDistortion.apply(
      distortions, to: x.values.pointer, into: $0, height: height, width: width,
      channels: channels)
  }
  return record(.distort, y, from: x) { [x = x.gradientTarget] dy, gradients in
    gradients.write(to: x) {
      ImageDistortion.gradient(
        distortions, dy.pointer, into: $0, height: height, width: width, channels: channels,
        accumulate: $1)
    }
  }
}
