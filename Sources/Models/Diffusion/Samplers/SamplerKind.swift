import Foundation
import Runs

/// How an image is sampled with a denoiser.
///
/// A new sampler is a case here, its properties, and its method below.
public enum SamplerKind: String, RecipeChoice {
  /// The ancestral sampler: Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models" (2020).
  case ddpm
  /// Song, Meng and Ermon, "Denoising Diffusion Implicit Models" (2021).
  case ddim
  /// DPM-Solver++ 2M: Lu et al., "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion
  /// Probabilistic Models" (2022).
  case dpm
  /// Heun's method: Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models"
  /// (2022), algorithm 1, which asks the denoiser twice a step; where a step leaves less than half of the
  /// noise, with the second answer alone.
  case heun
  /// The image at once, and from it again with new noise of the next level: Song et al., "Consistency Models"
  /// (2023), algorithm 1, for models that have been tuned so.
  case consistency
  /// Euler's method along a rectified flow: Liu, Gong and Liu, "Flow Straight and Fast" (2022).
  case euler

  /// Whether it is for flows; the others are for diffusions.
  public var isForFlows: Bool { self == .euler }

  /// Whether it solves the differential equation in the noise beside a whole image: it takes levels between
  /// time steps, Karras's too.
  public var isSolver: Bool { self == .dpm || self == .heun }

  /// Whether it adds noise on the way: always, as much as `eta` says, or never.
  public var noise: AddedNoise {
    switch self {
    case .ddpm, .consistency: .always
    case .ddim: .byEta
    case .dpm, .heun, .euler: .never
    }
  }

  /// Whether a sampler adds noise.
  public enum AddedNoise: Sendable {
    case always, byEta, never
  }

  /// Whether each step goes from one noise level to the next alone, so that inpainting can repeat it.
  public var takesMask: Bool { self != .heun }

  /// Whether predicted images are clipped to -1...1 by default.
  var clips: Bool { self == .ddpm || self == .ddim || self == .consistency }

  /// The names of those that have a property: "ddim, ddpm or dpm".
  static func names(where isWanted: (SamplerKind) -> Bool) -> String {
    oneOf(allCases.filter(isWanted).map(\.rawValue))
  }
}

/// The methods: from levels, what is asked at each and what the next noisy sample is made of.
extension SamplingPlan {
  /// The model calls of a sampler along those levels.
  static func modelCalls(
    _ options: SamplerOptions, _ levels: [Level], _ target: PredictionTarget
  ) -> [ModelCall] {
    switch options.kind {
    case .ddpm: ddpm(levels, target, options.variance)
    case .ddim: ddim(levels, target, options)
    case .dpm: dpm(levels, target)
    case .heun: heun(levels, target)
    case .consistency: consistency(levels, target)
    case .euler: euler(levels)
    }
  }

  /// A model call at each level, whose noisy sample becomes that of the next one, and at last the image.
  private static func steps(
    _ levels: [Level], predicted: (NoiseLevel) -> PredictionTarget.Combination
  ) -> [ModelCall] {
    zip(levels, levels.dropFirst().map(\.noiseLevel) + [.clean]).map { level, next in
      ModelCall(
        timestep: level.time, from: level.noiseLevel, to: next,
        predicted: predicted(level.noiseLevel))
    }
  }

  // MARK: - Noise that is taken away and added

  /// The variances of the noise in both noisy samples of a step, of what the step forward adds, and of the
  /// posterior.
  private static func variances(
    _ modelCall: ModelCall
  ) -> (from: Double, to: Double, step: Double, posterior: Double) {
    let alpha = modelCall.from.signal * modelCall.from.signal
    let alphaTo = modelCall.to.signal * modelCall.to.signal
    let step = 1 - alpha / alphaTo
    return (1 - alpha, 1 - alphaTo, step, max(0, (1 - alphaTo) / (1 - alpha) * step))
  }

  private static func ddpm(
    _ levels: [Level], _ target: PredictionTarget, _ variance: SamplerOptions.Variance
  ) -> [ModelCall] {
    steps(levels, predicted: target.image).map { modelCall in
      var modelCall = modelCall
      let (from, to, step, posterior) = variances(modelCall)
      modelCall.next.predicted = modelCall.to.signal * step / from
      modelCall.next.noisy = (1 - step).squareRoot() * to / from
      // The image gets none; diffusers adds the large variance to it where the last time is not 0.
      let added = modelCall.to.noise == 0 ? 0 : variance == .small ? posterior : step
      modelCall.next.noise = added.squareRoot()
      return modelCall
    }
  }

  private static func ddim(
    _ levels: [Level], _ target: PredictionTarget, _ options: SamplerOptions
  ) -> [ModelCall] {
    steps(levels, predicted: target.image).map { modelCall in
      var modelCall = modelCall
      let (from, to) = (modelCall.from, modelCall.to)
      let added = options.eta * variances(modelCall).posterior.squareRoot()
      let direction = max(0, 1 - to.signal * to.signal - added * added).squareRoot()
      modelCall.next.predicted = to.signal
      if options.usesClippedModelOutput {
        modelCall.next.noisy = direction / from.noise
        modelCall.next.predicted -= direction * from.signal / from.noise
      } else {
        let noise = target.noise(from)
        modelCall.next.noisy = direction * noise.noisy
        modelCall.next.output = direction * noise.output
      }
      modelCall.next.noise = added
      return modelCall
    }
  }

  private static func consistency(_ levels: [Level], _ target: PredictionTarget) -> [ModelCall] {
    steps(levels, predicted: target.image).map { modelCall in
      var modelCall = modelCall
      modelCall.next = Next(predicted: modelCall.to.signal, noise: modelCall.to.noise)
      return modelCall
    }
  }

  // MARK: - Ordinary differential equations

  /// The step of a solver along an image that stays as it is estimated: the part of the noise that is
  /// left beside a whole image, and the factors.
  private static func straight(_ modelCall: ModelCall) -> (left: Double, next: Next) {
    let (from, to) = (modelCall.from, modelCall.to)
    // With lambda = log(signal / noise) and h its growth, this is e^-h.
    let left = (to.noise / to.signal) * (from.signal / from.noise)
    return (left, Next(noisy: to.noise / from.noise, predicted: to.signal * (1 - left)))
  }

  /// DPM-Solver++(2M) of Lu et al. (2022): along a line through the last two predictions of the image.
  ///
  /// With h the growth of log(signal / noise), the line goes on by h / 2 beyond the newer estimate, over
  /// the distance of the two. Karras's levels grow toward the image, so that in few steps it would go on
  /// nearly as far as all that the last step takes away, and overshoot. So a step that leaves less than
  /// a tenth of the noise goes no further than one as long as the step before it would.
  private static func dpm(_ levels: [Level], _ target: PredictionTarget) -> [ModelCall] {
    var modelCalls = steps(levels, predicted: target.image)
    for index in modelCalls.indices {
      let (left, next) = straight(modelCalls[index])
      modelCalls[index].next = next
      guard index > 0 && index + 1 < modelCalls.count else { continue }
      let growth = -log(left)
      let growthBefore =
        log(modelCalls[index].from.signal / modelCalls[index].from.noise)
        - log(modelCalls[index - 1].from.signal / modelCalls[index - 1].from.noise)
      let ratio = growth / growthBefore
      let half = next.predicted * (left < 0.1 ? min(ratio, 1) : ratio) / 2
      modelCalls[index].next.predicted += half
      modelCalls[index].next.previousPredicted = -half
    }
    return modelCalls
  }

  /// Heun's method: from the same beginning once more, with a mean of the estimates at both ends.
  ///
  /// Where the step leaves the part r of the noise, the mean of both slopes in algorithm 1 of Karras et
  /// al. (2022) gives the second estimate the weight 1 / (2 r) and the first one the rest. Below a half
  /// that lies beyond both, without bound: from the last time of a cosine schedule to the next of ten, the
  /// difference is taken 1,800 times. So the weight ends at 1.
  private static func heun(_ levels: [Level], _ target: PredictionTarget) -> [ModelCall] {
    let steps = steps(levels, predicted: target.image)
    return steps.indices.flatMap { index -> [ModelCall] in
      let (left, next) = straight(steps[index])
      var predictor = steps[index]
      predictor.next = next
      guard index + 1 < steps.count else { return [predictor] }
      var corrector = steps[index + 1]
      corrector.to = predictor.to
      let weight = min(1, 1 / (2 * left))
      corrector.next = Next(
        predicted: next.predicted * weight, previousNoisy: next.noisy,
        previousPredicted: next.predicted * (1 - weight))
      return [predictor, corrector]
    }
  }

  // MARK: - Flows

  /// Euler's method for a flow, whose denoiser tells the velocity noise - x_0.
  private static func euler(_ levels: [Level]) -> [ModelCall] {
    steps(levels) { .init(noisy: 1, output: -$0.noise) }.map { modelCall in
      var modelCall = modelCall
      modelCall.next = Next(
        noisy: 1, output: modelCall.to.noise - modelCall.from.noise)
      return modelCall
    }
  }
}
