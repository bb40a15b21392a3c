import Runs

/// What a diffusion's denoiser predicts from a noisy sample.
public enum PredictionTarget: String, RecipeChoice {
  /// The noise: Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models" (2020).
  case epsilon
  /// The image.
  case sample
  /// signal noise - noise x_0: Salimans and Ho, "Progressive Distillation for Fast Sampling of
  /// Diffusion Models" (2022).
  case velocity

  /// A sum of a noisy sample and of what the denoiser predicts from it, by their factors.
  struct Combination: Equatable {
    let noisy: Double
    let output: Double
  }

  /// The image, for noisy samples whose squared parts add to one.
  func image(_ parts: NoiseLevel) -> Combination {
    switch self {
    case .epsilon:
      Combination(noisy: 1 / parts.signal, output: -parts.noise / parts.signal)
    case .sample: Combination(noisy: 0, output: 1)
    case .velocity: Combination(noisy: parts.signal, output: -parts.noise)
    }
  }

  /// The noise, for noisy samples whose squared parts add to one.
  func noise(_ parts: NoiseLevel) -> Combination {
    switch self {
    case .epsilon: Combination(noisy: 0, output: 1)
    case .sample:
      Combination(noisy: 1 / parts.noise, output: -parts.signal / parts.noise)
    case .velocity: Combination(noisy: parts.noise, output: parts.signal)
    }
  }
}
