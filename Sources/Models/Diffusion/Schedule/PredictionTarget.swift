import Runs

/// What a diffusion's denoiser tells of a mixture of image and noise.
public enum PredictionTarget: String, RecipeChoice {
  /// The noise: Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models" (2020).
  case epsilon
  /// The image.
  case sample
  /// signal noise - noise x_0: Salimans and Ho, "Progressive Distillation for Fast Sampling of
  /// Diffusion Models" (2022).
  case velocity

  /// A sum of a mixture and of what the denoiser tells of it.
  struct Combination: Equatable {
    let mixture: Double
    let output: Double
  }

  /// The image, for mixtures whose squared parts add to one.
  func image(_ parts: Mixture) -> Combination {
    switch self {
    case .epsilon:
      Combination(mixture: 1 / parts.signal, output: -parts.noise / parts.signal)
    case .sample: Combination(mixture: 0, output: 1)
    case .velocity: Combination(mixture: parts.signal, output: -parts.noise)
    }
  }

  /// The noise, for mixtures whose squared parts add to one.
  func noise(_ parts: Mixture) -> Combination {
    switch self {
    case .epsilon: Combination(mixture: 0, output: 1)
    case .sample:
      Combination(mixture: 1 / parts.noise, output: -parts.signal / parts.noise)
    case .velocity: Combination(mixture: parts.noise, output: parts.signal)
    }
  }
}
