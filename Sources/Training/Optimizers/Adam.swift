import Autograd
import Compute
import Layers

/// Adam and AdamW with the moments of a model's parameters: Kingma and Ba, "Adam: A Method for
/// Stochastic Optimization" (2015); Loshchilov and Hutter, "Decoupled Weight Decay Regularization"
/// (2019).
public final class Adam {
  /// The parameters.
  public let slab: ParameterSlab
  /// The settings.
  public let options: AdamOptions
  /// How many steps there will be, over which the rate's schedule runs.
  public let steps: Int
  /// How many steps have been done, on which the rate and the corrections of the moments' bias depend.
  public var stepsDone = 0
  private let firstMoments: Storage
  private let secondMoments: Storage

  /// An optimizer of those parameters that has done no step.
  public init(_ slab: ParameterSlab, _ options: AdamOptions, steps: Int = .max) {
    self.slab = slab
    self.options = options
    self.steps = steps
    firstMoments = Storage(count: slab.count)
    secondMoments = Storage(count: slab.count)
    for moments in [firstMoments, secondMoments] {
      moments.base.update(repeating: 0, count: slab.count)
    }
  }

  /// Moves the parameters against the gradients in the slab and, in the same pass, a moving average
  /// of them after.
  /// - Returns: The norm of all gradients, where too large a norm is clipped (Pascanu, Mikolov and
  ///   Bengio, "On the Difficulty of Training Recurrent Neural Networks", 2013).
  @discardableResult
  public func step(average: Storage? = nil, averageDecay: Double = 0) -> Double? {
    stepsDone += 1
    var step = AdamStep(
      learningRate: options.schedule.rate(options.learningRate, atStep: stepsDone, of: steps),
      beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon,
      averageDecay: averageDecay)
    var norm: Double?
    if let largestNorm = options.largestNorm {
      let length = Reductions.sumOfSquares(slab.gradients.base, count: slab.count).squareRoot()
      // As PyTorch does it.
      step.gradientScale = min(1, largestNorm / (length + 1e-6))
      norm = length
    }
    slab.update { parameters in
      guard let base = parameters.baseAddress else { return }
      for group in ParameterGroup.allCases {
        let range = slab.range(of: group)
        let start = range.lowerBound
        step.weightDecay = group == .decay ? options.weightDecay : 0
        step(
          parameters: base + start, gradients: slab.gradients.base + start,
          firstMoments: firstMoments.base + start, secondMoments: secondMoments.base + start,
          average: average.map { $0.base + start }, count: range.count, step: stepsDone)
      }
    }
    return norm
  }

  /// Both moments, under PyTorch's names.
  public var arrays: SlabArrays {
    SlabArrays(slab.entries, in: firstMoments, suffix: ".exp_avg")
      + SlabArrays(slab.entries, in: secondMoments, suffix: ".exp_avg_sq")
  }
}
