import Foundation

@testable import Models

/// The perfect denoiser of numbers from a noisy sample of two normal distributions, and what sampling with it is
/// to lead to.
struct ExactDenoiser {
  /// A normal distribution and its part of the numbers.
  struct Component {
    let weight: Double
    let mean: Double
    let sigma: Double
  }

  let first: Component
  let second: Component

  /// Two humps inside -1...1.
  static let humps = ExactDenoiser(
    first: .init(weight: 0.3, mean: -0.6, sigma: 0.1),
    second: .init(weight: 0.7, mean: 0.5, sigma: 0.15))

  /// A single one.
  static let normal = ExactDenoiser(
    first: .init(weight: 1, mean: 0.2, sigma: 0.3),
    second: .init(weight: 0, mean: 0.2, sigma: 0.3))

  /// The mean.
  var mean: Double { first.weight * first.mean + second.weight * second.mean }

  /// The standard deviation.
  var sigma: Double {
    [first, second].reduce(0) { sum, part in
      let distance = part.mean - mean
      return sum + part.weight * (part.sigma * part.sigma + distance * distance)
    }.squareRoot()
  }

  /// The number below which a part of all lies.
  func quantile(_ part: Double) -> Double {
    func below(_ x: Double) -> Double {
      [first, second].reduce(0) {
        $0 + $1.weight * erfc(($1.mean - x) / $1.sigma / 2.0.squareRoot()) / 2
      }
    }
    var (low, high) = (-20.0, 20.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if below(middle) < part { low = middle } else { high = middle }
    }
    return low
  }

  /// The normal distribution of what a number of a component was, given a noisy sample: its place in the noisy sample,
  /// the noisy sample's variance, and the gain from there to the number.
  struct Posterior {
    let shift: Double
    let variance: Double
    let gain: Double
    let mean: Double

    init(_ part: Component, _ noisy: NoiseLevel) {
      let own = part.sigma * part.sigma
      shift = noisy.signal * part.mean
      variance = noisy.signal * noisy.signal * own + noisy.noise * noisy.noise
      gain = noisy.signal * own / variance
      mean = part.mean
    }
  }
}

/// A model whose denoiser is perfect.
struct ExactModel {
  let denoiser: ExactDenoiser
  let schedule: NoiseSchedule
  /// What it tells; nil for the velocity of a flow.
  let target: PredictionTarget?
  /// The noisy samples of whole times.
  private let mixtures: [NoiseLevel]

  init(_ denoiser: ExactDenoiser, _ schedule: NoiseSchedule, _ target: PredictionTarget?) {
    (self.denoiser, self.schedule, self.target) = (denoiser, schedule, target)
    mixtures = (0..<schedule.steps).map { NoiseLevel(sigma: schedule.sigma(at: $0)) }
  }

  /// The plan of a sampler.
  func plan(_ options: SamplerOptions) throws -> SamplingPlan {
    guard let target else { return try SamplingPlan(flow: options, timesteps: schedule.steps) }
    return try SamplingPlan(options, schedule, target)
  }

  /// The noisy sample that the model takes what it is given for, at a time.
  func noiseLevel(at time: Double) -> NoiseLevel {
    guard target != nil else {
      let part = time / Double(schedule.steps)
      return NoiseLevel(signal: 1 - part, noise: part)
    }
    return time == time.rounded(.down)
      ? mixtures[Int(time)] : NoiseLevel(sigma: schedule.sigma(at: time))
  }

  /// What the model tells, as factors of the noisy sample and of the image.
  func answer(_ parts: NoiseLevel) -> (noisy: Double, image: Double) {
    switch target {
    case .sample: (0, 1)
    case .epsilon: (1 / parts.noise, -parts.signal / parts.noise)
    case .velocity: (parts.signal / parts.noise, -1 / parts.noise)
    case nil: (1 / parts.noise, -1 / parts.noise)
    }
  }

  /// What sampling makes of numbers to begin with, in double precision; `noise` gives numbers of unit
  /// variance.
  ///
  /// The loops are plain, since tests are compiled without optimization.
  func sample(
    _ plan: SamplingPlan, from latents: [Double], noise: () -> Double = { 0 }
  ) -> [Double] {
    let count = latents.count
    let memory = UnsafeMutablePointer<Double>.allocate(capacity: 3 * count)
    defer { memory.deallocate() }
    let (x, before, predictions) = (memory, memory + count, memory + 2 * count)
    memory.initialize(repeating: 0, count: 3 * count)
    for (index, latent) in latents.enumerated() { x[index] = latent * plan.initialSigma }
    let range = plan.clipRange ?? .infinity
    for modelCall in plan.modelCalls {
      let parts = noiseLevel(at: modelCall.timestep)
      let a = ExactDenoiser.Posterior(denoiser.first, parts)
      let b = ExactDenoiser.Posterior(denoiser.second, parts)
      let odds =
        log(denoiser.second.weight / denoiser.first.weight) - log(b.variance / a.variance) / 2
      let (shiftA, halfA, gainA, meanA) = (a.shift, 0.5 / a.variance, a.gain, a.mean)
      let (shiftB, halfB, gainB, meanB) = (b.shift, 0.5 / b.variance, b.gain, b.mean)
      let answer = answer(parts)
      let told = modelCall.predicted
      let (ofNoisy, ofImage) = (
        told.noisy + told.output * answer.noisy, told.output * answer.image
      )
      let next = modelCall.next
      let (noisyFactor, predictedFactor) = (
        next.noisy + next.output * answer.noisy, next.predicted
      )
      let imageFactor = next.output * answer.image
      let (beforeFactor, predictedBeforeFactor) = (next.previousNoisy, next.previousPredicted)
      let noiseFactor = next.noise
      var index = 0
      while index < count {
        let value = x[index]
        let toA = value - shiftA, toB = value - shiftB
        let share = 1 / (1 + exp(toB * toB * halfB - toA * toA * halfA - odds))
        let image = (1 - share) * (meanA + gainA * toA) + share * (meanB + gainB * toB)
        var predicted = ofNoisy * value + ofImage * image
        if predicted > range { predicted = range }
        if predicted < -range { predicted = -range }
        var result = noisyFactor * value + predictedFactor * predicted + imageFactor * image
        result += beforeFactor * before[index] + predictedBeforeFactor * predictions[index]
        if noiseFactor != 0 { result += noiseFactor * noise() }
        before[index] = value
        predictions[index] = predicted
        x[index] = result
        index &+= 1
      }
    }
    return (0..<count).map { x[$0] }
  }
}
