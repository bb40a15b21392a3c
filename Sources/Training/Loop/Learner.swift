import Autograd
import Layers
import Runs

/// A model that one loss trains, with its optimizer and its moving average: the state that most
/// trainers have.
public final class Learner<Model: Module> {
  /// The model in training.
  public let model: Model
  /// Its moving average, which is what is used.
  public let average: MovingAverage<Model>
  /// What moves the model.
  public let optimizer: Optimizer
  private let buffers: BufferSlab

  /// A learner that has done no step.
  ///
  /// - Parameters:
  ///   - make: makes the model without values; it is called twice.
  ///   - steps: how many there will be, over which the rate's schedule runs.
  ///   - seed: that of the initial values.
  public init(
    _ options: OptimizerOptions, emaDecay: Double, steps: Int, seed: UInt64, make: () -> Model
  ) {
    model = make()
    model.initialize(seed: seed)
    optimizer = Optimizer(of: model, options, steps: steps)
    buffers = BufferSlab(model)
    average = MovingAverage(of: optimizer.slab, buffers, in: make(), decay: emaDecay)
  }

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
    let step = optimizer.stepsDone + 1
    let report: Optimizer.Report
    do {
      report = try optimizer.step(
        after: value, average: average.parameters.values, emaDecay: average.decay(atStep: step))
    } catch {
      throw error.traced { _ = try gradients() }
    }
    if !report.isSkipped { average.updateBuffers(atStep: step) }
    return Report(
      loss: value, gradientNorm: report.norm, learningRate: optimizer.learningRate)
  }

  // MARK: - Checkpoints

  private static var modelFile: String { "model.safetensors" }
  private static var averageFile: String { "ema.safetensors" }
  private static var optimizerFile: String { "optimizer.safetensors" }

  /// The model, its average and the optimizer.
  public func checkpointFiles() -> [CheckpointStore.File] {
    [
      .safetensors(Self.modelFile, arrays.named("")),
      .safetensors(Self.averageFile, averageArrays.named("")),
      .safetensors(Self.optimizerFile, optimizer.arrays.named("")),
    ]
  }

  /// Takes up the state of a checkpoint.
  /// - Throws: `FileError` when a file is missing, damaged, or of a model of other sizes.
  public func restore(_ checkpoint: Checkpoint) throws {
    try adoptWeights(of: checkpoint)
    try optimizer.arrays.read(
      from: checkpoint.tensors(Self.optimizerFile), prefix: "")
    optimizer.stepsDone = checkpoint.step
  }

  /// Takes over the weights of a checkpoint, but nothing else; those of a pretrained model, which has its
  /// average alone, are both.
  /// - Throws: `FileError` when a file is missing, damaged, or of a model of other sizes.
  public func adoptWeights(of checkpoint: Checkpoint) throws {
    let isWhole = checkpoint.fileNames.contains(Self.modelFile)
    let file = isWhole ? Self.modelFile : Self.averageFile
    try arrays.read(from: checkpoint.tensors(file), prefix: "")
    try averageArrays.read(from: checkpoint.tensors(Self.averageFile), prefix: "")
  }

  /// Fills a model with a checkpoint's weights.
  /// - Throws: `FileError` when the file is missing, damaged, of a model of other sizes, or has numbers
  ///   that are not finite.
  public static func read(
    _ checkpoint: Checkpoint, _ weights: LearnedWeights = .average, into model: Model
  ) throws {
    model.initialize(seed: 0)
    let arrays = SlabArrays(ParameterSlab.of(model)) + SlabArrays(BufferSlab(model))
    let file = weights == .average ? averageFile : modelFile
    try arrays.read(from: checkpoint.tensors(file), prefix: "", finite: true)
  }

  /// The model's parameters and buffers.
  public var arrays: SlabArrays { SlabArrays(optimizer.slab) + SlabArrays(buffers) }

  /// Those of its average.
  public var averageArrays: SlabArrays {
    SlabArrays(average.parameters) + SlabArrays(average.buffers)
  }
}
