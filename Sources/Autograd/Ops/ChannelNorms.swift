import Compute

/// The statistics of the batches so far, which batch norm keeps for inference.
public struct RunningStatistics {
  /// [C].
  public let mean: Values
  /// [C], unbiased.
  public let variance: Values
  /// The part of a batch in the running statistics.
  public let momentum: Float

  /// Statistics in `mean` and `variance`, which change in place.
  public init(mean: Values, variance: Values, momentum: Float = 0.1) {
    self.mean = mean
    self.variance = variance
    self.momentum = momentum
  }
}

/// x [..., C] with each channel normalized by the batch's statistics, scaled, shifted and activated;
/// the running statistics, if given, take up the batch's.
///
/// y = f(weight (x - mean) / sqrt(variance + epsilon) + bias): Ioffe and Szegedy, "Batch
/// Normalization" (2015).
public func batchNorm(
  _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5,
  running: RunningStatistics? = nil, activation: Activation = .identity
) -> Tensor {
  let norm = batchNorm(x, weight, bias, epsilon, running, activation)
  let saved = SavedStatistics(count: x.values.columns)
  let y = Values(x.shape) {
    norm.forward(
      x.values.pointer, weight: weight.values.pointer, bias: bias.values.pointer, into: $0,
      mean: saved.mean, rstd: saved.rstd,
      runningMean: running?.mean.storage.base, runningVariance: running?.variance.storage.base)
  }
  let recompute = { [x = x.saved] in
    Values(x.gradientTarget.shape) {
      norm.apply(
        x.values.pointer, weight: weight.values.pointer, bias: bias.values.pointer, into: $0,
        mean: saved.mean, rstd: saved.rstd)
    }
  }
  return record(.batchNorm, y, from: x, weight, bias, recompute: recompute) {
    [x = x.saved] dy, gradients in
    let norm = norm.gradients(
      x.values.pointer, dy.pointer, weight: weight.values.pointer, bias: bias.values.pointer,
      mean: saved.mean, rstd: saved.rstd)
    gradients.write(norm, to: x.gradientTarget, weight, bias)
  }
}

/// The same with the running statistics in place of the batch's.
public func batchNormInference(
  _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5, running: RunningStatistics,
  activation: Activation = .identity
) -> Tensor {
  let norm = batchNorm(x, weight, bias, epsilon, running, activation)
  let saved = SavedStatistics(count: x.values.columns)
  let y = Values(x.shape) {
    norm.inference(
      x.values.pointer, weight: weight.values.pointer, bias: bias.values.pointer,
      runningMean: running.mean.pointer, runningVariance: running.variance.pointer, into: $0,
      mean: saved.mean, rstd: saved.rstd)
  }
  return record(.batchNormInference, y, from: x, weight, bias) {
    [x = x.saved] dy, gradients in
    let norm = norm.gradients(
      x.values.pointer, dy.pointer, weight: weight.values.pointer, bias: bias.values.pointer,
      mean: saved.mean, rstd: saved.rstd, isFixed: true)
    gradients.write(norm, to: x.gradientTarget, weight, bias)
  }
}

/// x [N, ..., C] with each image's channels normalized in groups, scaled, shifted and activated.
///
/// Wu and He, "Group Normalization" (2018). An image may have a `shift` of its own [N, C], which is
/// added to x first, and a `modulation` [N, 2 C], a scale s and a shift t by channel that make z, what
/// is to be activated, (1 + s) z + t: Dhariwal and Nichol, "Diffusion Models Beat GANs on Image
/// Synthesis" (2021).
public func groupNorm(
  _ x: Tensor, weight: Tensor, bias: Tensor, groups: Int, epsilon: Float = 1e-5,
  shift: Tensor? = nil, modulation: Tensor? = nil, activation: Activation = .identity
) -> Tensor {
  checkNorm(.groupNorm, x, weight, bias)
  precondition(x.shape.count >= 2, "group norm of \(x.shape)")
  let (batch, channels) = (x.shape[0], x.values.columns)
  precondition(
    shift.map { $0.shape == [batch, channels] } ?? true
      && modulation.map { $0.shape == [batch, 2 * channels] } ?? true,
    "group norm of \(x.shape): shift \(shift?.shape ?? []), modulation \(modulation?.shape ?? [])")
  let norm = GroupNormalization(
    batch: batch, rows: x.shape[1..<(x.shape.count - 1)].reduce(1, *), channels: channels,
    groups: groups, epsilon: epsilon, activation: activation)
  let saved = SavedStatistics(count: batch * groups)
  let distances = shift.map { Values($0.shape) }
  let y = Values(x.shape) {
    norm.forward(
      x.values.pointer, weight: weight.values.pointer, bias: bias.values.pointer, into: $0,
      mean: saved.mean, rstd: saved.rstd,
      condition: NormCondition(shift, modulation), distances: distances?.storage.base)
  }
  let recompute = { [x = x.saved] in
    Values(x.gradientTarget.shape) {
      norm.apply(
        x.values.pointer, weight: weight.values.pointer, bias: bias.values.pointer, into: $0,
        mean: saved.mean, rstd: saved.rstd,
        condition: NormCondition(shift, modulation))
    }
  }
  return record(.groupNorm, y, from: x, weight, bias, shift, modulation, recompute: recompute) {
    [x = x.saved] dy, gradients in
    let norm = norm.gradients(
      x.values.pointer, dy.pointer, weight: weight.values.pointer, bias: bias.values.pointer,
      mean: saved.mean, rstd: saved.rstd,
      condition: NormCondition(shift, modulation), distances: distances?.storage.base)
    gradients.write(norm, to: x.gradientTarget, weight, bias)
    gradients.write(to: shift) { norm.shift(into: $0, accumulate: $1) }
    gradients.write(to: modulation) { norm.modulation(into: $0, accumulate: $1) }
  }
}

private func batchNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ epsilon: Float, _ running: RunningStatistics?,
  _ activation: Activation
) -> BatchNormalization {
  checkNorm(.batchNorm, x, weight, bias)
  let channels = x.values.columns
  if let running {
    precondition(
      running.mean.shape == [channels] && running.variance.shape == [channels],
      "batch norm of \(x.shape): statistics of \(running.mean.shape), \(running.variance.shape)")
  }
  return BatchNormalization(
    rows: x.values.rows, channels: channels, epsilon: epsilon, momentum: running?.momentum ?? 0,
    activation: activation)
}

extension NormCondition {
  fileprivate init(_ shift: Tensor?, _ modulation: Tensor?) {
    self.init(shift: shift?.values.pointer, modulation: modulation?.values.pointer)
  }
}
