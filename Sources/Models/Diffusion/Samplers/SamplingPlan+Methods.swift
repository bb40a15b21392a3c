import Foundation

/// The methods: from levels, what is asked at each and what the next mixture is made of.
extension SamplingPlan {
  /// An evaluation at each level, whose mixture becomes that of the next one, and at last the image.
  private static func steps(
    _ levels: [Level], estimate: (Mixture) -> PredictionTarget.Combination
  ) -> [Evaluation] {
    zip(levels, levels.dropFirst().map(\.mixture) + [.clean]).map { level, next in
      Evaluation(
        timestep: level.time, from: level.mixture, to: next, estimate: estimate(level.mixture))
    }
  }

  // MARK: - Noise that is taken away and added

  /// The variances of the noise in both mixtures of a step, of what the step forward adds, and of the
  /// posterior.
  private static func variances(
    _ evaluation: Evaluation
  ) -> (from: Double, to: Double, step: Double, posterior: Double) {
    let alpha = evaluation.from.signal * evaluation.from.signal
    let alphaTo = evaluation.to.signal * evaluation.to.signal
    let step = 1 - alpha / alphaTo
    return (1 - alpha, 1 - alphaTo, step, max(0, (1 - alphaTo) / (1 - alpha) * step))
  }

  static func ddpm(
    _ levels: [Level], _ target: PredictionTarget, _ variance: SamplerOptions.Variance
  ) -> [Evaluation] {
    steps(levels, estimate: target.image).map { evaluation in
      var evaluation = evaluation
      let (from, to, step, posterior) = variances(evaluation)
      evaluation.next.estimate = evaluation.to.signal * step / from
      evaluation.next.mixture = (1 - step).squareRoot() * to / from
      // The image gets none; diffusers adds the large variance to it where the last time is not 0.
      let added = evaluation.to.noise == 0 ? 0 : variance == .small ? posterior : step
      evaluation.next.noise = added.squareRoot()
      return evaluation
    }
  }

  static func ddim(
    _ levels: [Level], _ target: PredictionTarget, _ options: SamplerOptions
  ) -> [Evaluation] {
    steps(levels, estimate: target.image).map { evaluation in
      var evaluation = evaluation
      let (from, to) = (evaluation.from, evaluation.to)
      let added = options.eta * variances(evaluation).posterior.squareRoot()
      let direction = max(0, 1 - to.signal * to.signal - added * added).squareRoot()
      evaluation.next.estimate = to.signal
      if options.takesNoiseFromEstimate {
        evaluation.next.mixture = direction / from.noise
        evaluation.next.estimate -= direction * from.signal / from.noise
      } else {
        let noise = target.noise(from)
        evaluation.next.mixture = direction * noise.mixture
        evaluation.next.output = direction * noise.output
      }
      evaluation.next.noise = added
      return evaluation
    }
  }

  // MARK: - Ordinary differential equations

  /// The step of a solver along an image that stays as it is estimated: the part of the noise that is
  /// left beside a whole image, and the factors.
  private static func straight(_ evaluation: Evaluation) -> (left: Double, next: Next) {
    let (from, to) = (evaluation.from, evaluation.to)
    // With lambda = log(signal / noise) and h its growth, this is e^-h.
    let left = (to.noise / to.signal) * (from.signal / from.noise)
    return (left, Next(mixture: to.noise / from.noise, estimate: to.signal * (1 - left)))
  }

  /// DPM-Solver++(2M) of Lu et al. (2022): along a line through the last two estimates of the image.
  ///
  /// With h the growth of log(signal / noise), the line goes on by h / 2 beyond the newer estimate, over
  /// the distance of the two. Karras's levels grow toward the image, so that in few steps it would go on
  /// nearly as far as all that the last step takes away, and overshoot. So a step that leaves less than
  /// a tenth of the noise goes no further than one as long as the step before it would.
  static func dpm(_ levels: [Level], _ target: PredictionTarget) -> [Evaluation] {
    var evaluations = steps(levels, estimate: target.image)
    for index in evaluations.indices {
      let (left, next) = straight(evaluations[index])
      evaluations[index].next = next
      guard index > 0 && index + 1 < evaluations.count else { continue }
      let growth = -log(left)
      let growthBefore =
        log(evaluations[index].from.signal / evaluations[index].from.noise)
        - log(evaluations[index - 1].from.signal / evaluations[index - 1].from.noise)
      let ratio = growth / growthBefore
      let half = next.estimate * (left < 0.1 ? min(ratio, 1) : ratio) / 2
      evaluations[index].next.estimate += half
      evaluations[index].next.previousEstimate = -half
    }
    return evaluations
  }

  /// Heun's method: from the same beginning once more, with a mean of the estimates at both ends.
  ///
  /// Where the step leaves the part r of the noise, the mean of both slopes in algorithm 1 of Karras et
  /// al. (2022) gives the second estimate the weight 1 / (2 r) and the first one the rest. Below a half
  /// that lies beyond both, without bound: from the last time of a cosine schedule to the next of ten, the
  /// difference is taken 1,800 times. So the weight ends at 1.
  static func heun(_ levels: [Level], _ target: PredictionTarget) -> [Evaluation] {
    let steps = steps(levels, estimate: target.image)
    return steps.indices.flatMap { index -> [Evaluation] in
      let (left, next) = straight(steps[index])
      var predictor = steps[index]
      predictor.next = next
      guard index + 1 < steps.count else { return [predictor] }
      var corrector = steps[index + 1]
      corrector.to = predictor.to
      let weight = min(1, 1 / (2 * left))
      corrector.next = Next(
        estimate: next.estimate * weight, previousMixture: next.mixture,
        previousEstimate: next.estimate * (1 - weight))
      return [predictor, corrector]
    }
  }

  // MARK: - Flows

  /// Euler's method for a flow, whose denoiser tells the velocity noise - x_0.
  static func euler(_ levels: [Level]) -> [Evaluation] {
    steps(levels) { .init(mixture: 1, output: -$0.noise) }.map { evaluation in
      var evaluation = evaluation
      evaluation.next = Next(
        mixture: 1, output: evaluation.to.noise - evaluation.from.noise)
      return evaluation
    }
  }
}
