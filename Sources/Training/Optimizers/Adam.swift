import Autograd
import Compute
import Layers

/// Adam with the moments of a model's parameters: Kingma and Ba, "Adam: A Method for Stochastic
/// Optimization" (2015).
public final class Adam {
  /// The parameters.
  public let slab: ParameterSlab
  /// The settings.
  public let options: AdamOptions
  /// How many steps have been done, on which the corrections of the moments' bias depend.
  public var stepsDone = 0
  private let firstMoments: Storage
  private let secondMoments: Storage

  /// An optimizer of those parameters that has done no step.
  public init(_ slab: ParameterSlab, _ options: AdamOptions) {
    self.slab = slab
    self.options = options
    firstMoments = Storage(count: slab.count)
    secondMoments = Storage(count: slab.count)
    for moments in [firstMoments, secondMoments] {
      moments.base.update(repeating: 0, count: slab.count)
    }
  }

  /// Moves the parameters against the gradients in the slab and, in the same pass, a moving average
  /// of them after.
  public func step(average: Storage? = nil, averageDecay: Double = 0) {
    stepsDone += 1
    let step = AdamStep(
      learningRate: options.learningRate, beta1: options.beta1, beta2: options.beta2,
      epsilon: options.epsilon, averageDecay: averageDecay)
    slab.update { parameters in
      guard let base = parameters.baseAddress else { return }
      step(
        parameters: base, gradients: slab.gradients.base, firstMoments: firstMoments.base,
        secondMoments: secondMoments.base, average: average?.base, count: slab.count,
        step: stepsDone)
    }
  }

  /// Both moments, under PyTorch's names.
  public var arrays: SlabArrays {
    SlabArrays(slab.entries, in: firstMoments, suffix: ".exp_avg")
      + SlabArrays(slab.entries, in: secondMoments, suffix: ".exp_avg_sq")
  }
}
