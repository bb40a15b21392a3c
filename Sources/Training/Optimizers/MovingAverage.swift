import Autograd
import Compute
import Layers

/// An exponential moving average of a model's parameters and buffers, itself a model.
///
/// Averaged weights draw steadier images than the latest (Yazıcı et al., "The Unusual Effectiveness
/// of Averaging in GAN Training", 2018). Buffers are averaged too, so that the running statistics are
/// those of the averaged weights.
public final class MovingAverage<Model: Module> {
  /// The averaged model.
  public let model: Model
  /// What an update keeps in the long run.
  public let decay: Double
  /// The averaged parameters, which the optimizer updates in the pass over the parameters.
  public let parameters: ParameterSlab
  /// The averaged buffers.
  public let buffers: BufferSlab
  private let source: BufferSlab

  /// An average that starts as the model is now.
  ///
  /// - Parameters:
  ///   - parameters: the model's.
  ///   - buffers: the model's.
  ///   - copy: a model of the same sizes, whose values are overwritten.
  public init(
    of parameters: ParameterSlab, _ buffers: BufferSlab, in copy: Model, decay: Double
  ) {
    model = copy
    self.decay = decay
    source = buffers
    copy.initialize(seed: 0)
    self.parameters = ParameterSlab.of(copy)
    self.buffers = BufferSlab(copy)
    precondition(
      self.parameters.entries == parameters.entries && self.buffers.entries == buffers.entries,
      "an average of a model in another")
    self.parameters.update {
      guard let base = $0.baseAddress else { return }
      Elementwise.copy(parameters.values.base, into: base, count: parameters.count)
    }
    Elementwise.copy(buffers.values.base, into: self.buffers.values.base, count: buffers.count)
  }

  /// What the update of a step, the first being 1, keeps: less at first, when the average is of few
  /// steps and of the first random values. It is min(decay, (1 + step) / (10 + step)), as in
  /// TensorFlow's `ExponentialMovingAverage`.
  public func decay(atStep step: Int) -> Double {
    min(decay, Double(1 + step) / Double(10 + step))
  }

  /// Takes the model's present buffers up: average = decay average + (1 - decay) value.
  public func updateBuffers(atStep step: Int) {
    let (average, decay) = (buffers.values.base, decay(atStep: step))
    Elementwise.scaledSum(
      Float(decay), average, Float(1 - decay), source.values.base, into: average,
      count: buffers.count)
  }
}
