import KernelInterface

/// One step of Adam or AdamW, with clipping and the parameters' moving average in the same pass.
///
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015); Loshchilov and Hutter,
/// "Decoupled Weight Decay Regularization" (2019). The formulas are those of PyTorch's `Adam` and
/// `AdamW`.
public struct AdamStep: Sendable {
  /// How weight decay works.
  public enum Decay: Sendable {
    /// It is added to the gradient, as in Adam.
    case gradient
    /// It shrinks the parameter, as in AdamW.
    case decoupled
  }

  /// The learning rate of this step.
  public var learningRate: Double
  /// The decay of the gradient's moving average.
  public var beta1: Double
  /// The decay of the squared gradient's moving average.
  public var beta2: Double
  /// Added to the denominator.
  public var epsilon: Double
  /// The weight decay.
  public var weightDecay: Double
  /// How weight decay works.
  public var decay: Decay
  /// What gradients are multiplied by first: less than 1 clips their norm.
  public var gradientScale: Double
  /// The decay of the parameters' moving average.
  public var emaDecay: Double
  /// Whether the moments are corrected for having begun at 0.
  public var correctsBias: Bool

  /// A step with those settings; the defaults are PyTorch's, without weight decay.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, decay: Decay = .decoupled,
    gradientScale: Double = 1, emaDecay: Double = 0.999, correctsBias: Bool = true
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decay = decay
    self.gradientScale = gradientScale
    self.emaDecay = emaDecay
    self.correctsBias = correctsBias
  }

  /// Updates `count` parameters.
  ///
  /// - Parameters:
  ///   - gradients: [count], read only.
  ///   - firstMoments: [count], 0 before the first step.
  ///   - secondMoments: [count], 0 before the first step.
  ///   - average: [count], the parameters' moving average; nil if there is none.
  ///   - step: the number of this step, from 1 on.
  public func callAsFunction(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    firstMoments: UnsafeMutablePointer<Float>, secondMoments: UnsafeMutablePointer<Float>,
    average: UnsafeMutablePointer<Float>? = nil, count: Int, step: Int
  ) {
    precondition(step > 0, "Adam's step \(step); the first is 1")
    let coefficients = coefficients(step)
    // The gradient scaled and with decay (3), the moments (3 and 4), the parameter (7), the average (3).
    Work.add(
      elements: count, operations: average == nil ? 17 : 20, arrays: average == nil ? 7 : 9)
    Elementwise.forEachPiece(of: count) { kernels, i, length in
      kernels.adam(
        parameters + i, gradients + i, firstMoments + i, secondMoments + i, average.map { $0 + i },
        length, coefficients)
    }
  }

  private func coefficients(_ step: Int) -> AdamCoefficients {
    func correction(_ beta: Double) -> Double { correctsBias ? 1 - power(beta, step) : 1 }
    return AdamCoefficients(
      gradientScale: Float(gradientScale),
      gradientDecay: Float(decay == .gradient ? weightDecay : 0),
      shrinkage: Float(decay == .decoupled ? 1 - learningRate * weightDecay : 1),
      firstRate: Float(1 - beta1),
      secondDecay: Float(beta2),
      secondRate: Float(1 - beta2),
      stepSize: Float(learningRate / correction(beta1)),
      rootScale: Float(1 / correction(beta2).squareRoot()),
      epsilon: Float(epsilon),
      averageRate: Float(1 - emaDecay))
  }

  /// base^exponent by repeated squaring: the system's power function would differ between machines.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
