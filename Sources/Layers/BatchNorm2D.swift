import Autograd
import Compute

/// Batch normalization of images by channel: Ioffe and Szegedy, "Batch Normalization" (2015).
public struct BatchNorm2D: Module {
  /// [channels].
  public let weight: Parameter
  /// [channels].
  public let bias: Parameter
  /// The mean of each channel, as evaluation uses it: [channels].
  public let runningMean: Buffer
  /// The unbiased variance of each channel, as evaluation uses it: [channels].
  public let runningVar: Buffer
  /// The part of a batch in the running statistics.
  public let momentum: Float
  /// What is added to the variance.
  public let epsilon: Float

  /// A layer for images of that many channels.
  public init(
    _ channels: Int, momentum: Float = 0.1, epsilon: Float = 1e-5,
    initializer: Initializer = .constant(1)
  ) {
    weight = Parameter([channels], initializer)
    bias = Parameter([channels], .constant(0))
    runningMean = Buffer([channels], repeating: 0)
    runningVar = Buffer([channels], repeating: 1)
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// x [N, H, W, channels], each channel normalized, then the activation.
  ///
  /// In training the statistics are those of the batch, and the running ones take them up.
  public func callAsFunction(_ x: Tensor, activation: Activation = .identity) -> Tensor {
    let running = RunningStatistics(
      mean: runningMean.values, variance: runningVar.values, momentum: momentum)
    let (weight, bias) = (weight.tensor, bias.tensor)
    return Mode.current.isTraining
      ? batchNorm(
        x, weight: weight, bias: bias, epsilon: epsilon, running: running, activation: activation)
      : batchNormInference(
        x, weight: weight, bias: bias, epsilon: epsilon, running: running, activation: activation)
  }
}
