/// The numbers of one step of Adam, worked out in double precision beforehand.
public struct AdamCoefficients: Sendable {
  /// What gradients are multiplied by first: 1, or less to clip their norm.
  public var gradientScale: Float
  /// What of the parameter is added to its gradient: Adam's weight decay.
  public var gradientDecay: Float
  /// What parameters are multiplied by: 1 - learning rate times AdamW's weight decay.
  public var shrinkage: Float
  /// 1 - beta1.
  public var firstRate: Float
  /// beta2.
  public var secondDecay: Float
  /// 1 - beta2.
  public var secondRate: Float
  /// learning rate / (1 - beta1^t).
  public var stepSize: Float
  /// 1 / sqrt(1 - beta2^t).
  public var rootScale: Float
  /// Added to the root.
  public var epsilon: Float
  /// 1 - the decay of the parameters' moving average.
  public var averageRate: Float

  /// Coefficients from all of them.
  public init(
    gradientScale: Float, gradientDecay: Float, shrinkage: Float, firstRate: Float,
    secondDecay: Float, secondRate: Float, stepSize: Float, rootScale: Float, epsilon: Float,
    averageRate: Float
  ) {
    self.gradientScale = gradientScale
    self.gradientDecay = gradientDecay
    self.shrinkage = shrinkage
    self.firstRate = firstRate
    self.secondDecay = secondDecay
    self.secondRate = secondRate
    self.stepSize = stepSize
    self.rootScale = rootScale
    self.epsilon = epsilon
    self.averageRate = averageRate
  }
}

/// Optimizer steps that read and write each array once.
public protocol OptimizerKernels {
  /// A step of Adam on `count` parameters, their moments and, unless nil, their moving average.
  static func adam(
    _ parameters: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>,
    _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>,
    _ average: UnsafeMutablePointer<Float>?, _ count: Int, _ coefficients: AdamCoefficients)
}
