import Foundation
import Runs

/// How noise grows over the time steps of a diffusion.
public enum NoiseScheduleKind: String, RecipeChoice {
  /// Variances in equal steps: Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models" (2020).
  case linear
  /// The squares of equal steps: Rombach et al., "High-Resolution Image Synthesis with Latent
  /// Diffusion Models" (2022).
  case scaledLinear = "scaled-linear"
  /// So that the signal falls as a squared cosine: Nichol and Dhariwal, "Improved Denoising Diffusion
  /// Probabilistic Models" (2021).
  case cosine
  /// As a sigmoid from -6 to 6: Xu et al., "GeoDiff" (2022).
  case sigmoid
}

/// How much of the image and of noise is in a noisy sample: x_t = signal x_0 + noise n, with n of unit
/// variance. Papers write alpha_t and sigma_t.
public struct NoiseLevel: Equatable, Sendable {
  /// The factor of the image.
  public let signal: Double
  /// The factor of the noise.
  public let noise: Double

  /// A level of those factors.
  public init(signal: Double, noise: Double) { (self.signal, self.noise) = (signal, noise) }

  /// The level whose squared factors add to one, with noise of that sigma beside a whole image.
  init(sigma: Double) {
    signal = 1 / (sigma * sigma + 1).squareRoot()
    noise = sigma * signal
  }

  /// The standard deviation of the noise beside a whole image: infinite where there is no image.
  var sigma: Double { noise / signal }

  /// The image alone.
  static let clean = NoiseLevel(signal: 1, noise: 0)

  /// The factors that turn a noisy sample of a cleaner level into one of this level: of the sample, and
  /// of new noise.
  func renoising(_ cleaner: NoiseLevel) -> (noisy: Double, noise: Double) {
    let factor = signal / cleaner.signal
    let variance = noise * noise - factor * factor * cleaner.noise * cleaner.noise
    return (factor, max(0, variance).squareRoot())
  }
}

/// The noise at each time step of a diffusion: x_t = sqrt(a_t) x_0 + sqrt(1 - a_t) noise.
public struct NoiseSchedule: Equatable, Sendable {
  /// How many time steps there are.
  public let steps: Int
  /// a_t, the product of 1 - beta up to t, each factor and product rounded to single precision as in
  /// diffusers: where there is little noise, 1 - a_t shows the rounding.
  public let alphasCumulative: [Double]

  /// The schedule of that kind.
  ///
  /// - Parameters:
  ///   - betaStart: variance of the first step's noise, for all kinds but cosine.
  ///   - betaEnd: variance of the last step's noise, for all kinds but cosine.
  ///   - rescaleToZeroSNR: whether nothing of the image is to be left at the last step: Lin et al.,
  ///     "Common Diffusion Noise Schedules and Sample Steps are Flawed" (2023), algorithm 1.
  public init(
    _ kind: NoiseScheduleKind = .linear, steps: Int = 1000, betaStart: Double = 1e-4,
    betaEnd: Double = 0.02, rescaleToZeroSNR: Bool = false
  ) {
    precondition(steps > 0, "a noise schedule of \(steps) steps")
    self.steps = steps
    func between(_ low: Double, _ high: Double, _ step: Int) -> Double {
      steps == 1 ? low : low + (high - low) * Double(step) / Double(steps - 1)
    }
    /// What the cosine leaves of the signal's power at a time in 0...1.
    func power(_ step: Int) -> Double {
      let cosine = cos((Double(step) / Double(steps) + 0.008) / 1.008 * .pi / 2)
      return cosine * cosine
    }
    func beta(_ step: Int) -> Double {
      switch kind {
      case .linear: return between(betaStart, betaEnd, step)
      case .scaledLinear:
        let root = between(betaStart.squareRoot(), betaEnd.squareRoot(), step)
        return root * root
      case .cosine: return min(1 - power(step + 1) / power(step), 0.999)
      case .sigmoid:
        return betaStart + (betaEnd - betaStart) / (1 + exp(-between(-6, 6, step)))
      }
    }
    var product = 1.0
    var alphas = (0..<steps).map { step -> Double in
      product *= Double(1 - Float(beta(step)))
      return product
    }
    if rescaleToZeroSNR && steps > 1 {
      let (first, last) = (alphas[0].squareRoot(), alphas[steps - 1].squareRoot())
      alphas = alphas.map { alpha in
        let root = (alpha.squareRoot() - last) * first / (first - last)
        return root * root
      }
    }
    alphasCumulative = alphas.map { Double(Float($0)) }
  }

  /// Image and noise at a time step; before the first there is no noise.
  public func noiseLevel(at step: Int) -> NoiseLevel {
    guard step >= 0 else { return .clean }
    let alpha = alphasCumulative[step]
    return NoiseLevel(signal: alpha.squareRoot(), noise: (1 - alpha).squareRoot())
  }

  /// The sigma of the noise where the image is left as it is: sqrt((1 - a_t) / a_t).
  func sigma(at step: Int) -> Double {
    // With no signal at all it would be infinite; diffusers, too, puts this in its place.
    let alpha = alphasCumulative[step] > 0 ? alphasCumulative[step] : 0x1p-24
    return ((1 - alpha) / alpha).squareRoot()
  }

  /// The sigma between two time steps, on a straight line.
  func sigma(at time: Double) -> Double {
    let step = min(Int(time), steps - 1)
    let part = time - Double(step)
    guard part > 0 && step + 1 < steps else { return sigma(at: step) }
    return sigma(at: step) * (1 - part) + sigma(at: step + 1) * part
  }

  /// The time at which the noise has that sigma, between time steps on a line in its logarithm.
  func time(ofSigma sigma: Double) -> Double {
    let logarithm = log(max(sigma, 1e-10))
    guard steps > 1 else { return 0 }
    // Sigmas grow with time: the last step that is not above.
    var (low, high) = (0, steps - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if log(self.sigma(at: middle)) <= logarithm { low = middle } else { high = middle }
    }
    let (from, to) = (log(self.sigma(at: low)), log(self.sigma(at: high)))
    guard to > from else { return Double(low) }
    return Double(low) + min(max((logarithm - from) / (to - from), 0), 1)
  }
}
