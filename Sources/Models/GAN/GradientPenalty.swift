import Runs

/// What keeps a discriminator's slopes, its gradients with respect to images, small, or near 1.
///
/// R1 and R2, half the mean square of the slopes' length, of Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?"
/// (2018); not at each step but that much stronger: Karras et al., "Analyzing and Improving the Image Quality
/// of StyleGAN" (2020).
public struct GradientPenalty: Equatable, Sendable {
  /// The weight at images of the data; 0 for none.
  public var r1 = 0.0
  /// The weight at generated images; 0 for none.
  public var r2 = 0.0
  /// The weight of the mean square of what the length lies from 1, at points between images of the data and
  /// generated ones; 0 for none. The paper's is 10: Gulrajani et al., "Improved Training of Wasserstein GANs" (2017).
  public var wganGP = 0.0
  /// Training steps from one with a penalty to the next.
  public var every = 1

  /// No penalty.
  public init() {}

  /// Whether there is any.
  public var isOn: Bool { keyInUse != nil }

  /// The first key that says so.
  var keyInUse: String? {
    r1 > 0 ? "penalty.r1" : r2 > 0 ? "penalty.r2" : wganGP > 0 ? "penalty.wgan_gp" : nil
  }

  /// Whether the training step after so many others has one.
  func isDue(atStep stepsDone: Int) -> Bool { isOn && stepsDone % every == 0 }

  /// The keys in a recipe, but for the weights of R1 and R2, which may depend on the data.
  public static let keys: [RecipeKey<GradientPenalty>] = [
    RecipeKey(
      "penalty.wgan_gp", \.wganGP, .in(0...1e6),
      "WGAN-GP: weight of the penalty (gradient norm - 1)^2 between real and generated images; the "
        + "paper's is 10."),
    RecipeKey(
      "penalty.every", \.every, .in(1...1024),
      "Steps between penalties, each that many times as strong."),
  ]
}
