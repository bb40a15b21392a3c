import Foundation

extension SamplingPlan {
  /// A moment of a plan: the time that the denoiser is told, and the noisy sample that it sees there.
  ///
  /// A plan is a list of levels, each with a lower time and less noise than the one before, and a step
  /// goes from one to the next or, from the last, to the image. So no step can end anywhere but where
  /// the next begins.
  struct Level: Equatable {
    /// The time.
    let time: Double
    /// The noisy sample.
    let noiseLevel: NoiseLevel
  }

  /// The least logarithm of signal to noise that is used where less of it does harm: `lambda_min_clipped`
  /// of diffusers' DPM-Solver, "critical for the cosine schedule", whose last steps have a noise of 20,000
  /// beside a whole image. Linear schedules end just above, with one of 157.
  private static let leastLogSNR = -5.1

  private static let maxSigma = exp(-leastLogSNR)

  /// The levels of a diffusion's plan, the noisiest first.
  static func levels(
    _ options: SamplerOptions, _ schedule: NoiseSchedule, _ target: PredictionTarget
  ) -> [Level] {
    let isSolver = options.kind.isSolver
    if options.usesKarrasSpacing {
      // Of a larger range, most levels would be where the noisy sample is all noise.
      let ends = (schedule.sigma(at: 0), schedule.sigma(at: schedule.steps - 1))
      return falling(
        karras(options.steps, least: ends.0, most: min(ends.1, maxSigma)).map {
          Level(time: schedule.time(ofSigma: $0), noiseLevel: NoiseLevel(sigma: $0))
        })
    }
    var times = times(options, of: schedule.steps)
    if target == .epsilon && options.clipRange == nil {
      // The image is what is left of the noisy sample without the noise: beyond, nothing but the
      // error of the denoiser, so many times as large.
      let reach = (0..<schedule.steps).last { schedule.sigma(at: $0) <= maxSigma } ?? 0
      times = times.map { min($0, Double(reach)) }
    }
    return falling(
      times.map { time in
        Level(
          time: time,
          noiseLevel: isSolver
            ? NoiseLevel(sigma: schedule.sigma(at: time)) : schedule.noiseLevel(at: Int(time)))
      })
  }

  /// The times of a spacing, as the sampler has them.
  private static func times(_ options: SamplerOptions, of total: Int) -> [Double] {
    let (spacing, count) = (options.spacing, options.steps)
    let whole: [Int]
    switch (options.kind, spacing) {
    // DPM-Solver's are those of one more step, all but the last, where there is next to no noise.
    case (.dpm, .linspace), (.dpm, .leading):
      whole = spacing.timesteps(count + 1, of: total).dropLast()
    case (.heun, .linspace): return spacing.times(count, of: total)
    default: whole = spacing.timesteps(count, of: total)
    }
    let offset = spacing == .leading ? options.stepsOffset : 0
    return whole.map { Double(min($0 + offset, total - 1)) }
  }

  /// The levels of a flow's plan: the part of noise is the time's part of all, and no spacing needs whole
  /// times.
  static func levels(flow options: SamplerOptions, timesteps: Int) -> [Level] {
    let (count, total) = (Double(options.steps), Double(timesteps))
    let parts = (0..<options.steps).map { index -> Double in
      let place = Double(index)
      switch options.spacing {
      case .trailing: return 1 - place / count
      case .leading: return (count - 1 - place) / count + Double(options.stepsOffset) / total
      // Down to the last time step, as diffusers' FlowMatchEulerDiscreteScheduler goes.
      case .linspace: return 1 + (1 / total - 1) * place / max(1, count - 1)
      case .quadratic:
        let root = 0.8.squareRoot() * (count - 1 - place) / max(1, count - 1)
        return root * root
      }
    }
    return falling(
      parts.map { Level(time: $0 * total, noiseLevel: NoiseLevel(signal: 1 - $0, noise: $0)) })
  }

  /// The levels that have a lower time and less noise than those before, and some noise at all.
  private static func falling(_ levels: [Level]) -> [Level] {
    levels.reduce(into: []) { kept, level in
      guard level.noiseLevel.noise > 0 else { return }
      if let last = kept.last,
        level.time >= last.time || level.noiseLevel.sigma >= last.noiseLevel.sigma
      {
        return
      }
      kept.append(level)
    }
  }

  /// Sigmas whose seventh roots are at equal distances, the largest first.
  private static func karras(_ count: Int, least: Double, most: Double) -> [Double] {
    let (low, high) = (pow(least, 1 / 7), pow(most, 1 / 7))
    return (0..<count).map { index in
      pow(high + (low - high) * Double(index) / Double(max(1, count - 1)), 7)
    }
  }
}
