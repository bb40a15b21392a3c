import KernelInterface

/// Batch normalization of x [rows, C] by channel, and an activation behind it: for images [N, H, W, C]
/// the rows are all pixels of the batch.
///
/// y = f(weight (x - mean) / sqrt(variance + epsilon) + bias). Ioffe and Szegedy, "Batch Normalization:
/// Accelerating Deep Network Training by Reducing Internal Covariate Shift" (2015). The statistics are
/// sums of fixed blocks of rows, shifted by the block's first row and put together in Double.
public struct BatchNormalization: Sendable {
  /// How much of the batch's statistics goes into the running ones.
  public let momentum: Float
  private let norm: ChannelNorm

  /// A batch norm of those sizes; the numbers are PyTorch's.
  public init(
    rows: Int, channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1,
    activation: Activation = .identity
  ) {
    precondition(rows >= 0 && channels > 0, "batch norm of [\(rows), \(channels)]")
    self.momentum = momentum
    norm = ChannelNorm(
      samples: 1, rows: rows, channels: channels, groups: channels, epsilon: epsilon,
      activation: activation)
  }

  /// Normalizes by the statistics of the batch.
  ///
  /// - Parameters:
  ///   - x: [rows, C].
  ///   - weight: [C], ones if nil.
  ///   - bias: [C], zeros if nil.
  ///   - y: [rows, C]; may be `x`, if the backward pass is not wanted.
  ///   - mean: [C], for the backward pass.
  ///   - rstd: [C], 1 / sqrt(variance + epsilon), for the backward pass.
  ///   - runningMean: [C], moved by `momentum` towards the batch's mean.
  ///   - runningVariance: [C], moved towards the batch's unbiased variance.
  public func forward(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>?, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>,
    runningMean: UnsafeMutablePointer<Float>? = nil,
    runningVariance: UnsafeMutablePointer<Float>? = nil
  ) {
    let variance = Storage(count: norm.channels)
    norm.forward(
      x, .init(weight: weight, bias: bias), into: y,
      .init(mean: mean, rstd: rstd), variance: variance.base)
    guard norm.rows > 0 else { return }
    Work.add(elements: norm.channels, operations: 0, arrays: runningMean == nil ? 0 : 4)
    precondition(
      norm.rows > 1 || runningVariance == nil,
      "batch norm: one row has no variance to learn from")
    let unbiased = Float(norm.rows) / Float(max(norm.rows - 1, 1))
    for channel in 0..<norm.channels {
      move(runningMean, channel, to: mean[channel])
      move(runningVariance, channel, to: variance.base[channel] * unbiased)
    }
  }

  /// Normalizes by the running statistics.
  ///
  /// `mean` and `rstd` [C] are written for a backward pass with `isFixed`.
  public func inference(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>?, bias: UnsafePointer<Float>?,
    runningMean: UnsafePointer<Float>, runningVariance: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>
  ) {
    for channel in 0..<norm.channels {
      let variance = Double(runningVariance[channel]) + Double(norm.epsilon)
      mean[channel] = runningMean[channel]
      rstd[channel] = Float(1 / variance.squareRoot())
    }
    apply(
      x, weight: weight, bias: bias, into: y, mean: mean, rstd: rstd)
  }

  /// Normalizes by the statistics [C] that a forward pass left: y [rows, C], the same bits.
  public func apply(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>?, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>
  ) {
    norm.apply(
      x, .init(weight: weight, bias: bias), into: y,
      .init(mean: mean, rstd: rstd))
  }

  /// The backward pass for dy [rows, C], with what the forward pass had and left.
  ///
  /// `isFixed` says that it was `inference`: the statistics do not depend on x.
  public func gradients(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, weight: UnsafePointer<Float>?,
    bias: UnsafePointer<Float>?, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>, isFixed: Bool = false
  ) -> NormGradients {
    norm.gradients(
      x, dy, .init(weight: weight, bias: bias),
      .init(mean: mean, rstd: rstd), isFixed: isFixed)
  }

  private func move(_ running: UnsafeMutablePointer<Float>?, _ channel: Int, to value: Float) {
    guard let running else { return }
    running[channel] = (1 - momentum) * running[channel] + momentum * value
  }
}
