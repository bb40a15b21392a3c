import Runs

/// The settings of a sampler.
public struct SamplerOptions: Equatable, Sendable {
  /// The variance of the noise that the ancestral sampler adds.
  public enum Variance: String, RecipeChoice {
    /// That of the posterior, right where the data is a single point.
    case small
    /// That of the forward step, right where the data is noise.
    case large
  }

  /// The method.
  public var kind: SamplerKind
  /// How many steps.
  public var steps: Int
  /// Which time steps these are; Karras's noise levels take their place.
  public var spacing: TimestepSpacing
  /// How much noise DDIM adds: none for 0, as much as the ancestral sampler for 1.
  public var eta = 0.0
  /// What the ancestral sampler adds.
  public var variance = Variance.small
  /// Whether the noise levels are spaced as Karras et al. do, with rho 7: for dpm and heun.
  public var usesKarrasSpacing = false
  /// Added to the time steps of leading spacing.
  public var stepsOffset = 0
  /// The largest magnitude of an image: what is estimated of it is clipped.
  public var clipRange: Double?
  /// Whether DDIM takes the noise, too, from the clipped estimate, so that both make up the noisy sample
  /// (Dhariwal and Nichol, "Diffusion Models Beat GANs on Image Synthesis", 2021, do so), and not from
  /// the denoiser's answer as it is. Guided sampling falls apart without.
  public var usesClippedModelOutput = false

  /// What decides the noise levels: the spacing's name, or `karras`.
  public var spacingName: String { usesKarrasSpacing ? "karras" : spacing.rawValue }

  /// The defaults of a method: down from the last time step, where a noisy sample is pure noise.
  ///
  /// diffusers' schedulers begin a step below it (ddpm, ddim), or take time 0 as well, which costs a step
  /// and takes away next to no noise (heun, euler).
  public init(_ kind: SamplerKind = .ddim, steps: Int = 50) {
    (self.kind, self.steps) = (kind, steps)
    spacing = .trailing
    clipRange = kind.clips ? 1 : nil
  }

  /// Makes sure that the settings go together and with the model.
  ///
  /// - Parameters:
  ///   - timesteps: how many the model was trained with.
  ///   - isFlow: whether the model is a rectified flow.
  public func check(timesteps: Int, isFlow: Bool) throws(SamplingError) {
    guard steps >= 1 else { throw SamplingError("\(steps) steps, but must be at least 1") }
    guard steps <= timesteps else {
      throw SamplingError("\(steps) steps, but the model was trained with \(timesteps) time steps")
    }
    guard kind.isForFlows == isFlow else {
      throw SamplingError(
        "the sampler \(kind.rawValue), but the model is \(isFlow ? "a" : "no") flow: name "
          + SamplerKind.names { $0.isForFlows == isFlow })
    }
    guard (0...1).contains(eta) else { throw SamplingError("eta of \(eta), but must be 0 to 1") }
    guard eta == 0 || kind.noise == .byEta else {
      throw SamplingError(
        "eta is for the sampler \(SamplerKind.names { $0.noise == .byEta }), not for \(kind.rawValue)"
      )
    }
    guard !usesKarrasSpacing || kind.isSolver else {
      throw SamplingError(
        "Karras's spacing is for the sampler \(SamplerKind.names(where: \.isSolver)), not for "
          + kind.rawValue)
    }
    try checkOffset(timesteps: timesteps)
  }

  /// Makes sure that the offset leads to no time step that there is not.
  func checkOffset(timesteps: Int) throws(SamplingError) {
    guard stepsOffset != 0 else { return }
    let first = spacing == .leading ? spacing.timesteps(steps, of: timesteps)[0] : 0
    guard stepsOffset > 0 && first < timesteps - stepsOffset else {
      throw SamplingError(
        "an offset of \(stepsOffset) for \(steps) steps, but time steps end at \(timesteps - 1)")
    }
  }
}

/// A wish for images that a model cannot fulfil.
public struct SamplingError: Error, CustomStringConvertible, Equatable {
  /// What cannot be, and what can.
  public let description: String

  /// An error of that description.
  public init(_ description: String) { self.description = description }
}
