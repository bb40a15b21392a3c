import KernelInterface

/// Random numbers for one purpose, each a pure function of its place.
///
/// A number depends on seed, purpose, layer, sample, step, and its index within the sample, and on
/// nothing else: the noise of image 17 is the same whatever the batch size, the number of threads or
/// the machine. The seed is the key of `Philox`; its counter is (block, sample, step,
/// purpose << 16 | layer). This mapping never changes, or old runs could not be repeated.
public struct RandomStream: Sendable {
  /// What the numbers are for: streams of different purposes share none.
  public enum Purpose: UInt16, Sendable, CaseIterable {
    /// The initial values of parameters; the layer is the parameter's index.
    case initialization = 1
    /// The order of a data set; the step is the epoch.
    case shuffle = 2
    /// Flips and crops.
    case augmentation = 3
    /// Latents and noise in training.
    case noise = 4
    /// The time steps of a diffusion model in training.
    case timestep = 5
    /// Which elements dropout keeps.
    case dropout = 6
    /// Conditions left out in training, for guidance.
    case conditionDropout = 7
    /// Where a text's training windows begin.
    case window = 8
    /// Everything in sampling.
    case sampling = 9
    /// Everything in evaluation.
    case evaluation = 10
    /// Images that the program draws to learn from.
    case drawing = 11
    /// Distortions of images that a network in training sees.
    case distortion = 12
    /// Where between two images a penalty is taken.
    case interpolation = 13
  }

  /// The run's seed.
  public let seed: UInt64
  /// What the numbers are for.
  public let purpose: Purpose
  /// Tells streams of one purpose apart, below 65536: a layer's index, or a parameter's.
  public let layer: Int

  /// The stream of that seed, purpose and layer.
  public init(seed: UInt64, purpose: Purpose, layer: Int = 0) {
    precondition(layer >= 0 && layer < 1 << 16, "random stream of layer \(layer)")
    (self.seed, self.purpose, self.layer) = (seed, purpose, layer)
  }

  func place(sample: Int, step: Int) -> RandomPlace {
    precondition(
      sample >= 0 && sample < 1 << 32 && step >= 0 && step < 1 << 32,
      "random numbers of sample \(sample) at step \(step)")
    return RandomPlace(
      seed: seed, sample: UInt32(sample), step: UInt32(step),
      stream: UInt32(purpose.rawValue) << 16 | UInt32(layer))
  }

  /// The numbers of one sample and step, one after the other, for decisions made one by one.
  public func sequence(sample: Int = 0, step: Int = 0) -> RandomSequence {
    RandomSequence(place(sample: sample, step: step))
  }

  /// One integer from 0 up to `bound` for each of `count` samples: the first of each `sequence`.
  public func integers(
    below bound: Int, count: Int, firstSample: Int = 0, step: Int = 0
  ) -> [Int32] {
    precondition(bound > 0 && bound <= 1 << 31, "random integers below \(bound)")
    return (0..<count).map { index in
      var sequence = sequence(sample: firstSample + index, step: step)
      return Int32(sequence.integer(below: bound))
    }
  }

  /// The integers from 0 up to `count` in random order (Fisher and Yates), another for each epoch.
  public func permutation(of count: Int, epoch: Int = 0) -> [Int] {
    var order = Array(0..<count)
    var sequence = sequence(step: epoch)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, sequence.integer(below: last + 1))
    }
    return order
  }
}
