import Foundation

/// A sampler as data: when the denoiser is asked, and how the next mixture is made of its answer.
///
/// All samplers here are linear in what they keep, apart from the clipping of the estimated image. So a
/// step is a row of factors, worked out in double precision beforehand, and one routine runs them all.
public struct SamplingPlan: Equatable, Sendable {
  /// One question to the denoiser, and what is made of its answer.
  struct Evaluation: Equatable {
    /// The time that the denoiser is told.
    var timestep: Double
    /// What the mixture is multiplied by for the denoiser.
    var inputScale = 1.0
    /// The mixture before.
    var from: Mixture
    /// The mixture after.
    var to: Mixture
    /// The image by the denoiser's answer.
    var estimate: PredictionTarget.Combination
    /// The factors of what the next mixture is the sum of.
    var next = Next()
  }

  /// The factors of the parts of the next mixture.
  struct Next: Equatable {
    /// Of the mixture.
    var mixture = 0.0
    /// Of the estimated, perhaps clipped, image.
    var estimate = 0.0
    /// Of the denoiser's answer.
    var output = 0.0
    /// Of new noise.
    var noise = 0.0
    /// Of the mixture that the evaluation before this one began with.
    var previousMixture = 0.0
    /// Of the image that it estimated.
    var previousEstimate = 0.0
  }

  /// The evaluations in order.
  let evaluations: [Evaluation]
  /// To what magnitude estimates are clipped.
  let clipRange: Double?
  /// The deviation of pure noise to begin with.
  let initialDeviation: Double

  /// How often the denoiser is asked.
  public var count: Int { evaluations.count }

  /// The times that the denoiser is told.
  public var timesteps: [Double] { evaluations.map(\.timestep) }

  /// The plan of a sampler for a diffusion.
  ///
  /// - Parameter strength: the part of the plan that is run, from 0 (nothing) to 1 (all): less than 1
  ///   begins with a picture that has noise only up to there.
  public init(
    _ options: SamplerOptions, _ schedule: NoiseSchedule, _ target: PredictionTarget,
    strength: Double = 1
  ) throws(SamplingError) {
    try options.check(timesteps: schedule.steps, isFlow: false)
    try Self.check(strength)
    guard target != .epsilon || schedule.alphasCumulative.allSatisfy({ $0 > 0 }) else {
      throw SamplingError(
        "a model that tells the noise, but of mixtures with no signal at the last time step that says "
          + "nothing of the image: the target must be sample or velocity")
    }
    switch options.kind {
    case .ddpm, .ddim:
      evaluations = Self.skipped(strength, Self.ancestral(options, schedule, target))
      initialDeviation = 1
    case .dpm:
      let levels = Self.skipped(strength, Self.dpmLevels(options, schedule))
      evaluations = Self.dpm(levels, target)
      initialDeviation = 1
    default:
      let levels = Self.skipped(strength, Self.heunLevels(options, schedule))
      evaluations = Self.heun(levels, target)
      let first = levels.first?.deviation ?? 0
      initialDeviation =
        [.linspace, .trailing].contains(options.spacing)
        ? first : (first * first + 1).squareRoot()
    }
    clipRange = options.clipRange
  }

  /// The plan of Euler's method for a flow of so many time steps; see `init(_:_:_:strength:)`.
  public init(flow options: SamplerOptions, timesteps: Int, strength: Double = 1)
    throws(SamplingError)
  {
    try options.check(timesteps: timesteps, isFlow: true)
    try Self.check(strength)
    // Down to the last time step, and from there to the image.
    let least = 1 / Double(timesteps)
    let parts = (0..<options.steps).map { index in
      1 + (least - 1) * Double(index) / Double(max(1, options.steps - 1))
    }
    let steps = Self.skipped(strength, Array(zip(parts, parts.dropFirst() + [0])))
    evaluations = steps.map { part, next in
      Evaluation(
        timestep: part * Double(timesteps), from: Mixture(signal: 1 - part, noise: part),
        to: Mixture(signal: 1 - next, noise: next),
        estimate: .init(mixture: 1, output: -part),
        next: Next(mixture: 1, output: next - part))
    }
    clipRange = nil
    initialDeviation = 1
  }

  private static func check(_ strength: Double) throws(SamplingError) {
    guard (0...1).contains(strength) else {
      throw SamplingError("a strength of \(strength), but must be 0 to 1")
    }
  }

  /// The last part of the steps: as many as that strength leaves.
  private static func skipped<Step>(_ strength: Double, _ steps: [Step]) -> [Step] {
    let count = min(Int((Double(steps.count) * strength).rounded(.down)), steps.count)
    return Array(steps.suffix(count))
  }

  // MARK: - Noise that is taken away and added

  private static func ancestral(
    _ options: SamplerOptions, _ schedule: NoiseSchedule, _ target: PredictionTarget
  ) -> [Evaluation] {
    let times = options.spacing.timesteps(options.steps, of: schedule.steps)
      .map { $0 + (options.spacing == .leading ? options.stepsOffset : 0) }
    return times.indices.map { index in
      let time = times[index]
      var previous = index + 1 < times.count ? times[index + 1] : -1
      // DDIM steps down by the same length always, whatever the next time is.
      if options.kind == .ddim && options.spacing != .quadratic {
        previous = time - schedule.steps / options.steps
      }
      let (from, to) = (schedule.mixture(at: time), schedule.mixture(at: previous))
      var evaluation = Evaluation(
        timestep: Double(time), from: from, to: to, estimate: target.image(from))
      let (alpha, alphaTo) = (from.signal * from.signal, to.signal * to.signal)
      let (beta, betaTo) = (1 - alpha, 1 - alphaTo)
      let stepBeta = 1 - alpha / alphaTo
      let posterior = betaTo / beta * stepBeta
      if options.kind == .ddpm {
        let variance = options.variance == .small ? max(posterior, 1e-20) : stepBeta
        evaluation.next.estimate = to.signal * stepBeta / beta
        evaluation.next.mixture = (1 - stepBeta).squareRoot() * betaTo / beta
        evaluation.next.noise = time > 0 ? variance.squareRoot() : 0
      } else {
        let deviation = options.eta * max(0, posterior).squareRoot()
        let direction = max(0, betaTo - deviation * deviation).squareRoot()
        evaluation.next.estimate = to.signal
        if options.takesNoiseFromEstimate {
          evaluation.next.mixture = direction / from.noise
          evaluation.next.estimate -= direction * from.signal / from.noise
        } else {
          let noise = target.noise(from)
          evaluation.next.mixture = direction * noise.mixture
          evaluation.next.output = direction * noise.output
        }
        evaluation.next.noise = deviation
      }
      return evaluation
    }
  }

  // MARK: - Ordinary differential equations

  /// A time, and the deviation of the noise where the image is left as it is.
  private struct Level {
    let time: Double
    let deviation: Double
  }

  private static func dpmLevels(_ options: SamplerOptions, _ schedule: NoiseSchedule) -> [Level] {
    let (count, total) = (options.steps, schedule.steps)
    if options.usesKarrasSpacing {
      let ends = (schedule.deviation(at: 0), schedule.deviation(at: total - 1))
      return karras(count, least: ends.0, most: ends.1).map { deviation in
        Level(
          time: schedule.time(ofDeviation: deviation).rounded(.toNearestOrEven),
          deviation: deviation)
      }
    }
    let times: [Int]
    switch options.spacing {
    // Of one more step, all but the last, where there is next to no noise.
    case .linspace: times = options.spacing.timesteps(count + 1, of: total).dropLast()
    case .leading:
      let length = max(1, total / (count + 1))
      times = (1...count).reversed().map { min($0 * length + options.stepsOffset, total - 1) }
    case .trailing, .quadratic: times = options.spacing.timesteps(count, of: total)
    }
    return Set(times).sorted(by: >).map {
      Level(time: Double($0), deviation: schedule.deviation(at: $0))
    }
  }

  private static func dpm(_ levels: [Level], _ target: PredictionTarget) -> [Evaluation] {
    levels.indices.map { index in
      let from = parts(levels[index].deviation)
      let to = index + 1 < levels.count ? parts(levels[index + 1].deviation) : .clean
      var evaluation = Evaluation(
        timestep: levels[index].time, from: from, to: to, estimate: target.image(from))
      // With lambda = log(signal / noise) and h its growth, e^-h is a ratio of parts.
      let shrinkage = (to.noise / to.signal) * (from.signal / from.noise)
      evaluation.next.mixture = to.noise / from.noise
      evaluation.next.estimate = to.signal * (1 - shrinkage)
      if index > 0 && index + 1 < levels.count {
        let before = parts(levels[index - 1].deviation)
        let growth = -log(shrinkage)
        let growthBefore = log(from.signal / from.noise) - log(before.signal / before.noise)
        let half = evaluation.next.estimate * growth / growthBefore / 2
        evaluation.next.estimate += half
        evaluation.next.previousEstimate = -half
      }
      return evaluation
    }
  }

  private static func heunLevels(_ options: SamplerOptions, _ schedule: NoiseSchedule) -> [Level] {
    let offset = options.spacing == .leading ? Double(options.stepsOffset) : 0
    let times = options.spacing.times(options.steps, of: schedule.steps).map { $0 + offset }
    let levels = times.map { Level(time: $0, deviation: schedule.deviation(at: $0)) }
    guard options.usesKarrasSpacing, let first = levels.first, let last = levels.last else {
      return levels
    }
    return karras(options.steps, least: last.deviation, most: first.deviation).map {
      Level(time: schedule.time(ofDeviation: $0), deviation: $0)
    }
  }

  private static func heun(_ levels: [Level], _ target: PredictionTarget) -> [Evaluation] {
    levels.indices.flatMap { index -> [Evaluation] in
      let level = levels[index].deviation
      let next = index + 1 < levels.count ? levels[index + 1].deviation : 0
      let growth = next - level
      var predictor = evaluation(at: levels[index], to: next, target)
      predictor.next.mixture = 1 + growth / level
      predictor.next.estimate = -growth / level
      guard index + 1 < levels.count else { return [predictor] }
      // From the same beginning once more, along the mean of the slopes at both ends.
      var corrector = evaluation(at: levels[index + 1], to: next, target)
      corrector.next.previousMixture = 1 + growth / (2 * level)
      corrector.next.previousEstimate = -growth / (2 * level)
      corrector.next.mixture = growth / (2 * next)
      corrector.next.estimate = -growth / (2 * next)
      return [predictor, corrector]
    }
  }

  /// A question at a level, where the mixture is x_0 + deviation noise.
  private static func evaluation(
    at level: Level, to deviation: Double, _ target: PredictionTarget
  ) -> Evaluation {
    let parts = parts(level.deviation)
    let image = target.image(parts)
    return Evaluation(
      timestep: level.time, inputScale: parts.signal,
      from: Mixture(signal: 1, noise: level.deviation),
      to: Mixture(signal: 1, noise: deviation),
      estimate: .init(mixture: image.mixture * parts.signal, output: image.output))
  }

  /// The parts whose squares add to one, of a mixture that has that deviation beside a whole image.
  private static func parts(_ deviation: Double) -> Mixture {
    let signal = 1 / (deviation * deviation + 1).squareRoot()
    return Mixture(signal: signal, noise: deviation * signal)
  }

  /// Deviations whose seventh roots are at equal distances, the largest first.
  private static func karras(_ count: Int, least: Double, most: Double) -> [Double] {
    let (low, high) = (pow(least, 1 / 7), pow(most, 1 / 7))
    return (0..<count).map { index in
      pow(high + (low - high) * Double(index) / Double(max(1, count - 1)), 7)
    }
  }
}
