import Autograd
import Layers
import Runs

/// A model that one loss trains, with its optimizer and its moving average: the state that most
/// trainers have.
public final class Learner<Model: Module>: TrainedNetwork {
  /// The model in training, with its optimizer.
  private let network: OptimizedNetwork<Model>
  /// Its moving average, which is what is used.
  public let average: MovingAverage<Model>

  /// A learner that has done no step.
  ///
  /// - Parameters:
  ///   - make: makes the model without values; it is called twice.
  ///   - steps: how many there will be, over which the rate's schedule runs.
  ///   - seed: that of the initial values.
  public init(
    _ options: OptimizerOptions, emaDecay: Double, steps: Int, seed: UInt64, make: () -> Model
  ) {
    network = OptimizedNetwork(make(), options, steps: steps, seed: seed)
    average = MovingAverage(
      of: network.optimizer.slab, network.buffers, in: make(), decay: emaDecay)
  }

  /// The model in training.
  public var model: Model { network.model }

  /// What the model keeps beside its parameters.
  public var buffers: BufferSlab { network.buffers }

  /// What moves the model.
  public var optimizer: Optimizer { network.optimizer }

  /// How many steps have been done.
  public var stepsDone: Int { optimizer.stepsDone }

  /// How many parameters there are.
  public var parameterCount: Int { optimizer.slab.parameterCount }

  /// The gradients of the latest step are those of this slab.
  public var slab: ParameterSlab { optimizer.slab }

  /// What a step reports.
  public struct Report: Sendable {
    /// The loss, the mean over the parts of the batch.
    public let loss: Float
    /// The norm of the gradients before they are clipped.
    public let gradientNorm: Double
    /// The optimizer's step size.
    public let learningRate: Double

    /// The step as trainers report it.
    public var measurements: [Measurement] {
      [
        Measurement("loss", label: "loss", Double(loss)),
        Measurement("gradient_norm", label: "norm", gradientNorm),
        Measurement("learning_rate", learningRate),
      ]
    }
  }

  /// One training step on the parts of a batch, one after the other; the gradient is that of the mean
  /// of their losses, which are scalars.
  /// - Throws: `NumericalFault`, the weights being as they were; and what `loss` throws.
  public func step(parts: Int = 1, mode: Mode, loss: (_ part: Int) throws -> Tensor) throws
    -> Report
  {
    func gradients() throws -> Float {
      try withMode(mode) {
        try valueAndGradients(of: optimizer.slab, microBatches: parts, loss).value
      }
    }
    let value = try gradients()
    do {
      let norm = try update(after: value).norm
      return Report(loss: value, gradientNorm: norm, learningRate: optimizer.learningRate)
    } catch {
      throw error.traced { _ = try gradients() }
    }
  }

  /// Moves the model by the gradients in the slab, and its average after it.
  /// - Throws: `NumericalFault`, the weights being as they were.
  public func update(after loss: Float) throws(NumericalFault) -> Optimizer.Report {
    let step = optimizer.stepsDone + 1
    let report = try optimizer.step(
      after: loss, average: average.parameters.values, emaDecay: average.decay(atStep: step))
    if !report.isSkipped { average.updateBuffers(atStep: step) }
    return report
  }

  // MARK: - Checkpoints

  /// Fills a model with a checkpoint's weights.
  /// - Throws: `FileError` when the file is missing, damaged, of a model of other sizes, or has numbers
  ///   that are not finite.
  public static func read(
    _ checkpoint: Checkpoint, _ weights: LearnedWeights = .average, into model: Model
  ) throws {
    model.initialize(seed: 0)
    let arrays = SlabArrays(ParameterSlab.of(model)) + SlabArrays(BufferSlab(model))
    let file = weights == .average ? NetworkFile.average : NetworkFile.model
    try arrays.read(from: checkpoint.tensors(file), prefix: "", finite: true)
  }

  /// The model's parameters and buffers.
  public var arrays: SlabArrays { network.arrays }

  /// Those of its average.
  public var averageArrays: SlabArrays? {
    SlabArrays(average.parameters) + SlabArrays(average.buffers)
  }
}
