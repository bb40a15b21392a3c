import Compute
import Foundation
import TestSupport
import Testing

@testable import Models

/// Sampling with perfect denoisers, in every count of steps, by every sampler and spacing: what is sampled
/// is the data, ever better with the count.
struct SamplerAccuracyTests {
  /// A way to sample, and what it may miss.
  struct Case: CustomTestStringConvertible, Sendable {
    let kind: SamplerKind
    /// nil for Karras's levels.
    let spacing: TimestepSpacing?
    var schedule = NoiseScheduleKind.cosine
    var target: PredictionTarget? = .velocity
    /// The largest error of mean and standard deviation: at n steps this over n, and the rest.
    let errors: (perStep: Double, rest: Double)

    var testDescription: String {
      "\(kind) \(spacing?.rawValue ?? "karras") \(schedule) \(target?.rawValue ?? "flow")"
    }

    func options(_ steps: Int) -> SamplerOptions {
      var options = SamplerOptions(kind, steps: steps)
      options.usesKarrasSpacing = spacing == nil
      if let spacing { options.spacing = spacing }
      return options
    }

    func model(_ denoiser: ExactDenoiser) -> ExactModel {
      ExactModel(denoiser, NoiseSchedule(schedule), target)
    }
  }

  private static let rest = 0.003

  static let cases: [Case] = [
    Case(kind: .ddim, spacing: .trailing, errors: (0.7, rest)),
    Case(kind: .ddim, spacing: .linspace, errors: (1.1, rest)),
    Case(kind: .ddim, spacing: .leading, errors: (0.6, rest)),
    Case(kind: .dpm, spacing: .trailing, errors: (0.7, rest)),
    Case(kind: .dpm, spacing: .linspace, errors: (0.7, rest)),
    Case(kind: .dpm, spacing: .leading, errors: (0.5, rest)),
    Case(kind: .dpm, spacing: nil, errors: (1.5, rest)),
    Case(kind: .heun, spacing: .trailing, errors: (0.6, rest)),
    Case(kind: .heun, spacing: .linspace, errors: (1.1, rest)),
    Case(kind: .heun, spacing: .leading, errors: (0.6, rest)),
    Case(kind: .heun, spacing: nil, errors: (1.5, rest)),
    // It begins at eight tenths of the time, where a cosine schedule has not yet lost the image.
    Case(kind: .ddim, spacing: .quadratic, errors: (0.9, 0.04)),
    Case(kind: .dpm, spacing: .quadratic, errors: (0.9, 0.04)),
    Case(kind: .heun, spacing: .quadratic, errors: (0.9, 0.04)),
    Case(
      kind: .ddim, spacing: .trailing, schedule: .linear, target: .epsilon, errors: (1.4, rest)),
    Case(kind: .dpm, spacing: .trailing, schedule: .linear, target: .sample, errors: (1.4, rest)),
    Case(
      kind: .heun, spacing: .trailing, schedule: .linear, target: .epsilon, errors: (1.4, rest)),
    Case(
      kind: .heun, spacing: .quadratic, schedule: .linear, target: .epsilon, errors: (1.1, 0.01)),
    Case(kind: .dpm, spacing: .trailing, target: .epsilon, errors: (0.7, rest)),
    Case(kind: .heun, spacing: .trailing, target: .epsilon, errors: (0.7, rest)),
    Case(kind: .euler, spacing: .trailing, target: nil, errors: (0.7, rest)),
    Case(kind: .euler, spacing: .linspace, target: nil, errors: (1.2, rest)),
    Case(kind: .euler, spacing: .leading, target: nil, errors: (0.7, rest)),
  ]

  /// Where numbers of a normal distribution stand that are equally likely: what begins there is to end
  /// at the same places of the data.
  private static let places = (0..<6).map { (Double($0) + 0.5) / 6 }
  private static let latents = places.map {
    let numbers = ExactDenoiser(
      first: .init(weight: 1, mean: 0, sigma: 1),
      second: .init(weight: 0, mean: 0, sigma: 1))
    return numbers.quantile($0)
  }

  private func moments(_ x: [Double]) -> (mean: Double, sigma: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    return (mean, (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)).squareRoot())
  }

  @Test(arguments: cases)
  func theDataIsSampledInEveryCount(_ test: Case) throws {
    let model = test.model(.humps)
    let wanted = moments(Self.places.map(ExactDenoiser.humps.quantile))
    var errors: [Double] = []
    for count in 2...1000 {
      let plan = try model.plan(test.options(count))
      // Of quadratic spacing, all that is refused on a cosine schedule is nearly right all the same.
      if test.spacing != .quadratic, (try? plan.checkBeginning(test.options(count))) == nil {
        errors.append(1)
        continue
      }
      let found = moments(model.sample(plan, from: Self.latents))
      let error = max(abs(found.mean - wanted.mean), abs(found.sigma - wanted.sigma))
      try #require(
        error <= test.errors.perStep / Double(count) + test.errors.rest, "\(count) steps: \(error)")
      errors.append(error)
    }
    // The largest error of 2 and 3 steps, of 4 to 7, and so on.
    let largest = (1...9).map { power in
      errors[(1 << power) - 2..<min(2 << power, 1001) - 2].max() ?? 0
    }
    for (fewer, more) in zip(largest, largest.dropFirst()) {
      #expect(more <= fewer + Self.rest, "\(largest)")
    }
  }

  /// With noise that is added, by chance: the mean and sigma of what all counts from a power of two
  /// to the next sample together, and of each count by itself, as far as few numbers tell.
  @Test(arguments: [SamplerKind.ddpm, .ddim], TimestepSpacing.allCases)
  func theDataIsSampledWithNoise(_ kind: SamplerKind, _ spacing: TimestepSpacing) throws {
    let model = ExactModel(.humps, NoiseSchedule(.cosine), .velocity)
    var random = SplitMix(seed: 1)
    /// Four uniform numbers' sum: unit variance, and tails that are nearly a normal distribution's.
    func normal() -> Double {
      let bits = random.next()
      let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
      return (Double(sum) / 65536 - 2) * 3.0.squareRoot()
    }
    let bias = spacing == .quadratic ? 0.04 : 0
    func check(_ sampled: [Double], _ what: String, _ margin: Double) {
      let found = moments(sampled)
      let wrong = max(
        abs(found.mean - ExactDenoiser.humps.mean),
        abs(found.sigma - ExactDenoiser.humps.sigma))
      #expect(wrong < margin + bias, "\(what): \(found)")
    }
    for power in 1...9 {
      var together: [Double] = []
      for count in 1 << power..<min(2 << power, 1001) {
        var options = SamplerOptions(kind, steps: count)
        (options.spacing, options.eta) = (spacing, kind == .ddim ? 1 : 0)
        let latents = (0..<max(12, 2000 / count)).map { _ in normal() }
        let sampled = model.sample(try model.plan(options), from: latents, noise: normal)
        // Five deviations of the mean.
        let chance = 5 * ExactDenoiser.humps.sigma / Double(latents.count).squareRoot()
        check(sampled, "\(count) steps", chance + 1.1 / Double(count))
        together += sampled
      }
      check(together, "from \(1 << power) steps on", 0.05 + 1.1 / Double(1 << power))
    }
  }

  /// Of numbers from one normal distribution, all that sampling does is linear: mean and variance without
  /// chance, in every count.
  @Test(
    arguments: [(SamplerKind.ddpm, 0.0), (.ddim, 0.5), (.ddim, 1)],
    TimestepSpacing.allCases)
  func noiseOfEachStepIsThatOfTheData(
    _ way: (kind: SamplerKind, eta: Double), _ spacing: TimestepSpacing
  ) throws {
    let model = ExactModel(.normal, NoiseSchedule(.linear), .velocity)
    var errors: [Double] = []
    for count in 2...1000 {
      var options = SamplerOptions(way.kind, steps: count)
      (options.spacing, options.eta, options.clipRange) = (spacing, way.eta, nil)
      var (mean, variance) = (0.0, 1.0)
      for modelCall in try model.plan(options).modelCalls {
        let parts = model.noiseLevel(at: modelCall.timestep)
        let posterior = ExactDenoiser.Posterior(model.denoiser.first, parts)
        let answer = model.answer(parts)
        // The image is a line in the noisy sample, and so is what is made of both.
        let rise = posterior.gain
        let start = posterior.mean - rise * posterior.shift
        let (next, told) = (modelCall.next, modelCall.predicted)
        let image = next.predicted * told.output * answer.image + next.output * answer.image
        let factor =
          next.noisy + next.output * answer.noisy + image * rise
          + next.predicted * (told.noisy + told.output * answer.noisy)
        mean = factor * mean + image * start
        variance = factor * factor * variance + next.noise * next.noise
      }
      let error = max(abs(mean - 0.2), abs(variance.squareRoot() - 0.3))
      try #require(error <= 2 / Double(count) + 0.012, "\(count) steps: \(mean), \(variance)")
      errors.append(error)
    }
    #expect((errors.last ?? 1) <= 0.012 && errors[0] > errors[98])
  }
}
