import Autograd
import Compute
import Files
import Layers

/// An optimizer with what it remembers of a model's gradients: Adam, AdamW, RMSprop, or Muon.
///
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015); Loshchilov and Hutter,
/// "Decoupled Weight Decay Regularization" (2019). RMSprop is Adam without its first moment and without
/// the corrections of the moments' bias.
public final class Optimizer {
  /// The parameters.
  public let slab: ParameterSlab
  /// The settings.
  public let options: OptimizerOptions
  /// How many training steps there will be, over which the rate's schedule runs.
  public var plan: StepPlan
  /// How many of the optimizer's steps make a training step, within which the rate stays.
  public let updatesPerStep: Int
  /// How many of its steps have been done, on which the rate and the corrections of the moments' bias depend.
  public var stepsDone = 0
  /// What the rates are multiplied by; less than 1 after a fault.
  public var rateFactor = 1.0
  /// What is usual for the gradients' norm.
  public var monitor = GradientMonitor()
  /// What the latest steps with unusual gradients have seen, at most a training step's, until it is taken.
  private var unusual: [Report] = []
  private let firstMoments: Storage
  /// Of all that `Muon` does not take, which lies in front.
  private let secondMoments: Storage

  /// An optimizer of those parameters that has done no step.
  public init(
    _ slab: ParameterSlab, _ options: OptimizerOptions, steps: Int = .max, updatesPerStep: Int = 1
  ) {
    precondition(updatesPerStep > 0, "an optimizer of \(updatesPerStep) updates a step")
    self.slab = slab
    self.options = options
    plan = StepPlan(steps: steps)
    self.updatesPerStep = updatesPerStep
    let hidden = slab.range(of: .hidden)
    precondition(hidden.upperBound == slab.count, "the hidden matrices are the last of a slab")
    firstMoments = Storage(count: slab.count)
    secondMoments = Storage(
      count: options.method == .muon ? hidden.lowerBound : slab.count)
    for moments in [firstMoments, secondMoments] {
      Elementwise.fill(moments.base, count: moments.count, with: 0)
    }
  }

  /// What a step has seen of its gradients.
  public struct Report: Sendable {
    /// The norm of all gradients before too large a one is clipped.
    public let norm: Double
    /// The norm again, if it lies far above those before.
    public let outlier: GradientMonitor.Outlier?
    /// Whether the parameters were left alone therefore.
    public let isSkipped: Bool
  }

  /// Does a step, if the loss and the gradients in the slab are finite and, as the options say, usual. What is
  /// abandoned changes nothing; once this has begun, nothing is abandoned.
  /// - Parameter isPenalized: Whether the loss had a penalty that not all steps have.
  /// - Throws: `NumericalFault`; the parameters and moments are as they were.
  @discardableResult
  public func step(
    after loss: Float, isPenalized: Bool = false, average: Storage? = nil, emaDecay: Double = 0
  ) throws(NumericalFault) -> Report {
    Profile.lap(nil)
    guard Abandonment.commit() else { return Report(norm: 0, outlier: nil, isSkipped: true) }
    let norm = gradientNorm
    guard loss.isFinite else { throw NumericalFault("the loss is \(brief(Double(loss)))") }
    guard norm.isFinite else {
      throw NumericalFault("the norm of the gradients is \(brief(Double(norm)))")
    }
    let outlier = monitor.add(norm, isPenalized: isPenalized)
    let isSkipped = outlier != nil && options.skipsOutliers
    if isSkipped {
      stepsDone += 1
    } else {
      step(norm: norm, average: average, emaDecay: emaDecay)
    }
    let report = Report(norm: norm, outlier: outlier, isSkipped: isSkipped)
    if outlier != nil { unusual = unusual.suffix(updatesPerStep - 1) + [report] }
    return report
  }

  /// What the steps since the last time have seen whose gradients were unusual, at most a training step's.
  public func takeUnusual() -> [Report] {
    defer { unusual = [] }
    return unusual
  }

  /// Whether all parameters are finite.
  public var isFinite: Bool {
    Reductions.sumOfSquares(slab.values.base, count: slab.count).isFinite
  }

  /// The norm of the gradients in the slab.
  private var gradientNorm: Double {
    Reductions.sumOfSquares(slab.gradients.base, count: slab.count).squareRoot()
  }

  /// Moves the parameters against the gradients in the slab and, in the same pass, a moving average
  /// of them after.
  /// - Returns: The norm of all gradients before too large a one is clipped (Pascanu, Mikolov and
  ///   Bengio, "On the Difficulty of Training Recurrent Neural Networks", 2013).
  @discardableResult
  public func step(average: Storage? = nil, emaDecay: Double = 0) -> Double {
    Profile.lap(nil)
    let norm = gradientNorm
    step(norm: norm, average: average, emaDecay: emaDecay)
    return norm
  }

  private func step(norm: Double, average: Storage?, emaDecay: Double) {
    defer { Profile.lap("optimizer") }
    stepsDone += 1
    // As PyTorch does it.
    let gradientScale = options.maxGradientNorm.map { min(1, $0 / (norm + 1e-6)) } ?? 1
    slab.update { parameters in
      guard let base = parameters.baseAddress else { return }
      for group in ParameterGroup.allCases {
        if group == .hidden && options.method == .muon {
          orthogonalStep(base, gradientScale, average, emaDecay)
        } else {
          elementwiseStep(base, group, gradientScale, average, emaDecay)
        }
      }
    }
  }

  /// The step size of the latest step; Muon's goes the same way in its own measure.
  public var learningRate: Double {
    rateFactor * options.schedule.rate(options.learningRate, atStep: trainingStep, of: plan)
  }

  /// The training step that the latest step belongs to, the first being 1.
  private var trainingStep: Int { (stepsDone + updatesPerStep - 1) / updatesPerStep }

  /// A step of Adam or RMSprop on a group.
  private func elementwiseStep(
    _ base: UnsafeMutablePointer<Float>, _ group: ParameterGroup, _ gradientScale: Double,
    _ average: Storage?, _ emaDecay: Double
  ) {
    let range = slab.range(of: group)
    let start = range.lowerBound
    // Padding apart, there may be nothing.
    guard !range.isEmpty else { return }
    let isPlain = options.method == .rmsprop
    let step = AdamStep(
      learningRate: learningRate,
      beta1: isPlain ? 0 : options.beta1, beta2: options.beta2, epsilon: options.epsilon,
      weightDecay: group.isDecayed ? options.weightDecay : 0, gradientScale: gradientScale,
      emaDecay: emaDecay, correctsBias: !isPlain)
    step(
      parameters: base + start, gradients: slab.gradients.base + start,
      firstMoments: firstMoments.base + start, secondMoments: secondMoments.base + start,
      average: average.map { $0.base + start }, count: range.count, step: stepsDone)
  }

  /// A step of Muon on each of the hidden matrices.
  private func orthogonalStep(
    _ base: UnsafeMutablePointer<Float>, _ gradientScale: Double, _ average: Storage?,
    _ emaDecay: Double
  ) {
    let muon = Muon(
      learningRate: rateFactor
        * options.schedule.rate(
          options.muonLearningRate, of: options.learningRate, atStep: trainingStep, of: plan),
      momentum: options.momentum, weightDecay: options.weightDecay)
    for entry in slab.entries where slab.range(of: .hidden).contains(entry.offset) {
      precondition(entry.shape.count >= 2, "Muon steps matrices, but \(entry.path) is none")
      let place = entry.offset
      // A convolution's kernel is the matrix from all that an output reads to the outputs.
      muon.step(
        rows: entry.shape.dropLast().reduce(1, *), columns: entry.shape[entry.shape.count - 1],
        parameters: base + place,
        gradients: slab.gradients.base + place, gradientScale: gradientScale,
        momentum: firstMoments.base + place)
      guard let average else { continue }
      Elementwise.scaledSum(
        Float(emaDecay), average.base + place, Float(1 - emaDecay), base + place,
        into: average.base + place, count: entry.count)
    }
  }

  /// How many floats the moments have.
  public var momentCount: Int { firstMoments.count + secondMoments.count }

  /// Both moments, under PyTorch's names.
  public var arrays: SlabArrays {
    SlabArrays(slab.entries, in: firstMoments, suffix: ".exp_avg")
      + SlabArrays(
        slab.entries.filter { $0.offset < secondMoments.count }, in: secondMoments,
        suffix: ".exp_avg_sq")
  }
}

extension Optimizer {
  /// An optimizer of all parameters of a model, which have values; it has done no step.
  ///
  /// - Parameters:
  ///   - steps: how many training steps there will be, over which the rate's schedule runs.
  ///   - updatesPerStep: how many of its own each has.
  public convenience init(
    of model: some Module, _ options: OptimizerOptions, steps: Int = .max, updatesPerStep: Int = 1
  ) {
    self.init(ParameterSlab.of(model), options, steps: steps, updatesPerStep: updatesPerStep)
  }

  /// Does a step against the gradients of `loss`, a scalar, with respect to the parameters.
  ///
  /// What else `loss` reads, such as another network's output, counts as constant.
  /// - Returns: The loss before the step.
  /// - Throws: `NumericalFault` when the loss or the gradients are not finite, the parameters being as
  ///   they were; and what `loss` throws.
  @discardableResult
  public func minimize(_ loss: () throws -> Tensor) throws -> Float {
    let (value, _) = try valueAndGradients(of: slab, loss)
    do { try step(after: value) } catch {
      throw error.traced { _ = try valueAndGradients(of: slab, loss) }
    }
    return value
  }
}
