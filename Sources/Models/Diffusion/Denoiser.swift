import Autograd
import Compute

/// How far a denoiser's answers are pushed away from those of a worse one, and at which noise.
///
/// What is worse is the denoiser itself without the class (Ho and Salimans, "Classifier-Free Diffusion
/// Guidance", 2022), or another that has learned less (Karras et al., "Guiding a Diffusion Model with a Bad
/// Version of Itself", 2024).
public struct Guidance: Equatable, Sendable {
  /// How many times the way from the worse answer to the better one is gone; 1 is no guidance.
  public var scale: Double
  /// The sigmas, the noise beside a whole image, at which there is guidance: Kynkäänniemi et al., "Applying
  /// Guidance in a Limited Interval Improves Sample and Distribution Quality in Diffusion Models" (2024).
  public var interval: ClosedRange<Double>

  /// Every noise level.
  public static let allLevels = 0.0...Double.infinity

  /// Guidance of a scale, by default at every noise level.
  public init(scale: Double = 1, interval: ClosedRange<Double> = Self.allLevels) {
    (self.scale, self.interval) = (scale, interval)
  }

  /// The denoiser's answers as they are.
  public static let none = Guidance()
}

/// A UNet as samplers ask it: for images of given classes, and guided if so wished.
public struct Denoiser {
  /// What the UNet's answers are pushed away from.
  public enum Guide {
    /// Its own without a class: of the row of the table of classes that stands for none.
    case withoutClass(Int32)
    /// Those of one that has learned less, for the same classes if it knows any.
    case weaker(UNet)
  }

  private let unet: UNet
  private let classes: [Int32]?
  private var guide: Guide?
  private var guidance = Guidance.none
  private var objective: DiffusionObjective?

  /// A UNet without guidance, with the class of each image; nil for a UNet without classes.
  public init(_ unet: UNet, classes: [Int32]? = nil) {
    (self.unet, self.classes) = (unet, classes)
  }

  /// The same, guided.
  /// - Parameter objective: what the UNet has learned, which says how much noise there is at a time.
  public func guided(
    by guide: Guide, _ guidance: Guidance, of objective: DiffusionObjective
  ) -> Denoiser {
    var guided = self
    (guided.guide, guided.guidance, guided.objective) = (guide, guidance, objective)
    return guided
  }

  /// What the UNet tells of noisy samples [N, H, W, C] at a time.
  public func callAsFunction(_ noisy: Values, _ timestep: Float) -> Values {
    let isGuided = objective.map { guidance.interval.contains($0.sigma(at: timestep)) } ?? false
    return answers(
      to: noisy, Array(repeating: timestep, count: noisy.shape[0]), guided: isGuided)
  }

  /// What it tells of samples each at a time of its own, guided at any noise level.
  func callAsFunction(_ noisy: Values, timesteps: [Float]) -> Values {
    answers(to: noisy, timesteps, guided: true)
  }

  private func answers(to noisy: Values, _ timesteps: [Float], guided isGuided: Bool) -> Values {
    func ask(_ unet: UNet, _ classes: [Int32]?) -> Values {
      unet(Tensor(constant: noisy), timesteps: timesteps, classes: classes).values
    }
    let answer = ask(unet, classes)
    guard isGuided, guidance.scale != 1, let guide else { return answer }
    let worse =
      switch guide {
      case .withoutClass(let none): ask(unet, timesteps.map { _ in none })
      case .weaker(let other): ask(other, other.configuration.classCount == nil ? nil : classes)
      }
    return Models.guided(answer, without: worse, scale: Float(guidance.scale))
  }
}
