import Compute

/// The convolution of images x [N, H, W, In] with kernels [Kh, Kw, In, Out], plus the bias [Out],
/// activated: [N, H', W', Out] with H' = (H + 2 padding + extraPadding - Kh) / stride + 1, rounded
/// down; the extra zeros are at the bottom and at the right.
public func conv2D(
  _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
  extraPadding: Int = 0, activation: Activation = .identity
) -> Tensor {
  precondition(
    x.shape.count == 4 && weight.shape.count == 4 && weight.shape[2] == x.shape[3]
      && bias.map { $0.shape == [weight.shape[3]] } ?? true,
    "conv2D of \(x.shape) with \(weight.shape), bias \(bias?.shape ?? [])")
  let convolution = Convolution(
    batch: x.shape[0], height: x.shape[1], width: x.shape[2], inChannels: x.shape[3],
    outChannels: weight.shape[3], kernel: (weight.shape[0], weight.shape[1]), stride: stride,
    padding: padding, extraPadding: extraPadding, precision: .current)
  let shape = [
    x.shape[0], convolution.outputHeight, convolution.outputWidth, convolution.outChannels,
  ]
  let y = Activated(shape, activation) {
    convolution.forward(
      x.values.pointer, weight.values.pointer, into: $0, bias: bias?.values.pointer, activation: $1)
  }
  return record(.conv2D, y.values, from: x, weight, bias, recompute: y.recompute) {
    [x = x.saved, gradient = y.gradient] dy, gradients in
    let dy = gradient(dy)
    gradients.write(to: x.gradientTarget) {
      convolution.inputGradient(dy.pointer, weight.values.pointer, into: $0, accumulate: $1)
    }
    gradients.write(to: weight) {
      convolution.weightGradient(x.values.pointer, dy.pointer, into: $0, accumulate: $1)
    }
    gradients.writeColumnSums(of: dy, to: bias)
  }
}

/// The transposed convolution of images x [N, H, W, In] with kernels [Kh, Kw, Out, In], plus the bias
/// [Out], activated: [N, H', W', Out] with H' = (H - 1) stride - 2 padding + Kh.
///
/// It is the gradient of the convolution that leads from its output to its input, run forward.
public func convTranspose2D(
  _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
  activation: Activation = .identity
) -> Tensor {
  precondition(
    x.shape.count == 4 && weight.shape.count == 4 && weight.shape[3] == x.shape[3]
      && bias.map { $0.shape == [weight.shape[2]] } ?? true,
    "convTranspose2D of \(x.shape) with \(weight.shape), bias \(bias?.shape ?? [])")
  let shape = [
    x.shape[0], (x.shape[1] - 1) * stride - 2 * padding + weight.shape[0],
    (x.shape[2] - 1) * stride - 2 * padding + weight.shape[1], weight.shape[2],
  ]
  let convolution = Convolution(
    batch: shape[0], height: shape[1], width: shape[2], inChannels: shape[3],
    outChannels: x.shape[3], kernel: (weight.shape[0], weight.shape[1]), stride: stride,
    padding: padding, precision: .current)
  let y = Activated(shape, activation) {
    convolution.inputGradient(
      x.values.pointer, weight.values.pointer, into: $0, bias: bias?.values.pointer, activation: $1)
  }
  return record(.convTranspose2D, y.values, from: x, weight, bias, recompute: y.recompute) {
    [x = x.saved, gradient = y.gradient] dy, gradients in
    let dy = gradient(dy)
    gradients.write(to: x.gradientTarget) {
      convolution.forward(dy.pointer, weight.values.pointer, into: $0, accumulate: $1)
    }
    gradients.write(to: weight) {
      convolution.weightGradient(dy.pointer, x.values.pointer, into: $0, accumulate: $1)
    }
    gradients.writeColumnSums(of: dy, to: bias)
  }
}
