import Autograd
import Compute
import Runs

/// What a denoiser learns: how images and noise are mixed at a time, and what it is to tell of the
/// noisy sample.
///
/// Diffusion: x_t = sqrt(a) x_0 + sqrt(1 - a) noise, where a is the schedule's cumulative alpha at t
/// (Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models", 2020). Flow: with s = t / steps,
/// x_t = (1 - s) x_0 + s noise (Liu, Gong and Liu, "Flow Straight and Fast", 2022).
public struct DiffusionObjective: Sendable {
  /// How images and noise are mixed.
  public enum Kind: String, RecipeChoice {
    /// Denoising diffusion by a schedule of noise.
    case diffusion
    /// Rectified flow along straight lines.
    case flow
  }

  /// How images and noise are mixed.
  public let kind: Kind
  /// The noise of each time step; of a flow only how many there are.
  public let schedule: NoiseSchedule
  /// What a diffusion's denoiser tells; a flow's tells the velocity noise - x_0.
  public let target: PredictionTarget
  /// The signal-to-noise ratio above which a time step counts less: Hang et al., "Efficient Diffusion
  /// Training via Min-SNR Weighting Strategy" (2023); nil for equal weights.
  public let minSNRGamma: Double?
  /// At which times it learns.
  public let times: TimestepDistribution

  /// An objective; see the properties.
  public init(
    _ kind: Kind = .diffusion, schedule: NoiseSchedule, target: PredictionTarget = .epsilon,
    minSNRGamma: Double? = nil, times: TimestepDistribution = TimestepDistribution()
  ) {
    self.kind = kind
    self.schedule = schedule
    self.target = target
    self.minSNRGamma = minSNRGamma
    self.times = times
  }

  /// What a denoiser learns from.
  public struct Batch: Sendable {
    /// Images with noise [N, H, W, C].
    public let noisy: Values
    /// The time of each, as the denoiser takes it: 0 up to the schedule's number of steps.
    public let timesteps: [Float]
    /// The class of each; nil where there are none.
    public let classes: [Int32]?
    /// What tells how each was augmented, [N, labels]; nil where that is not told.
    public var augmentation: Values?
    /// What the denoiser is to tell [N, H, W, C].
    public let target: Values
    /// The weight of each image's error; nil for equal ones.
    public let weights: [Float]?
    /// What an error in what is told is in the estimated image; nil where large errors weigh as they are. Where
    /// it is given, an image counts the less the larger its error is: so does the pseudo-Huber loss of Song and
    /// Dhariwal, "Improved Techniques for Training Consistency Models" (2023).
    var imageScales: [Float]?
  }

  /// Times for images of a training step by their number in it, each sampled by itself: whole ones for
  /// a diffusion, any for a flow.
  public func timesteps(_ images: Range<Int>, step: Int, seed: UInt64) -> [Float] {
    let stream = RandomStream(seed: seed, purpose: .timestep)
    if times.kind == .logNormal {
      let logSigmas = Values([images.count]) {
        stream.fillNormals(
          $0, shape: [images.count], mean: Float(times.mean),
          standardDeviation: Float(times.deviation), firstSample: images.lowerBound, step: step)
      }
      return timesteps(ofLogSigmas: logSigmas)
    }
    return images.map { image in
      var sequence = stream.sequence(sample: image, step: step)
      switch kind {
      case .diffusion: return Float(sequence.integer(below: schedule.steps))
      case .flow: return sequence.uniform() * Float(schedule.steps)
      }
    }
  }

  /// The times at which the noise has sigmas of those logarithms: the nearest whole one of a diffusion.
  private func timesteps(ofLogSigmas logSigmas: Values) -> [Float] {
    func map(_ function: ElementaryFunction, _ x: Values) -> Values {
      Values(x.shape) { Elementwise.map(function, x.pointer, into: $0, count: x.count) }
    }
    switch kind {
    // sigma = s / (1 - s).
    case .flow: return map(.sigmoid, logSigmas).elements.map { $0 * Float(schedule.steps) }
    case .diffusion:
      return map(.exp, logSigmas).elements.map {
        Float(schedule.time(ofSigma: Double($0)).rounded())
      }
    }
  }

  /// Images mixed with noise, each at its time.
  ///
  /// - Parameters:
  ///   - images: [N, H, W, C] in -1...1.
  ///   - noise: Normal numbers of the same shape.
  ///   - timesteps: As `timesteps(_:step:seed:)` samples them.
  public func batch(
    _ images: Values, noise: Values, timesteps: [Float], classes: [Int32]? = nil
  ) -> Batch {
    precondition(
      images.shape == noise.shape && images.shape.first == timesteps.count && images.count > 0,
      "images of shape \(images.shape), noise of \(noise.shape), \(timesteps.count) times")
    let noiseLevels = timesteps.map(noiseLevel)
    func mixed(_ parts: (NoiseLevel) -> (image: Double, noise: Double)) -> Values {
      let parts = noiseLevels.map(parts)
      return Values(images.shape) {
        Elementwise.scaledSum(
          rows: parts.map { Float($0.image) }, images.pointer, parts.map { Float($0.noise) },
          noise.pointer, into: $0, columns: images.count / timesteps.count)
      }
    }
    return Batch(
      noisy: mixed { ($0.signal, $0.noise) }, timesteps: timesteps, classes: classes,
      target: mixed(targetParts),
      weights: minSNRGamma.map { gamma in noiseLevels.map { Float(weight($0, gamma)) } })
  }

  /// The error, the root of its mean square, below which it weighs as it is.
  private static let smallError = 1e-3

  /// Whether denoisers of both tell the same of the same noisy sample, however well.
  func predicts(like other: DiffusionObjective) -> Bool {
    kind == other.kind && schedule == other.schedule && (kind == .flow || target == other.target)
  }

  /// The loss of what a denoiser has told of a batch, a scalar.
  public func loss(_ prediction: Tensor, _ batch: Batch) -> Tensor {
    guard var weights = batch.weights else {
      return meanSquaredError(prediction, Tensor(constant: batch.target))
    }
    if let scales = batch.imageScales {
      let columns = prediction.count / weights.count
      for (row, scale) in scales.enumerated() {
        let error = Reductions.meanSquaredError(
          prediction.values.pointer + row * columns, batch.target.pointer + row * columns,
          count: columns)
        let size = Double(scale * scale) * error + Self.smallError * Self.smallError
        weights[row] /= Float(size.squareRoot())
      }
    }
    return meanSquaredError(prediction, batch.target, weights: weights)
  }

  /// The parts of image and noise at a time.
  func noiseLevel(_ timestep: Float) -> NoiseLevel {
    switch kind {
    case .diffusion: return schedule.noiseLevel(at: Int(timestep))
    case .flow:
      let part = Double(timestep) / Double(schedule.steps)
      return NoiseLevel(signal: 1 - part, noise: part)
    }
  }

  /// The sigma of the noise beside a whole image at a time, which may lie between two steps.
  func sigma(at timestep: Float) -> Double {
    switch kind {
    case .diffusion: schedule.sigma(at: Double(timestep))
    case .flow: noiseLevel(timestep).sigma
    }
  }

  /// The factors of image and noise in what the denoiser tells.
  ///
  /// The velocity of a diffusion is sqrt(a) noise - sqrt(1 - a) x_0: Salimans and Ho, "Progressive
  /// Distillation for Fast Sampling of Diffusion Models" (2022).
  func targetParts(_ noiseLevel: NoiseLevel) -> (image: Double, noise: Double) {
    guard kind == .diffusion else { return (-1, 1) }
    switch target {
    case .epsilon: return (0, 1)
    case .sample: return (1, 0)
    case .velocity: return (-noiseLevel.noise, noiseLevel.signal)
    }
  }

  /// min(SNR, gamma) as a weight of the error in x_0, brought to the error in what the denoiser tells.
  func weight(_ noiseLevel: NoiseLevel, _ gamma: Double) -> Double {
    let ratio = (noiseLevel.signal * noiseLevel.signal) / (noiseLevel.noise * noiseLevel.noise)
    switch target {
    // Where nothing of the image is left, the ratio is 0.
    case .epsilon: return min(1, gamma / ratio)
    case .sample: return min(ratio, gamma)
    case .velocity: return min(ratio, gamma) / (ratio + 1)
    }
  }
}
