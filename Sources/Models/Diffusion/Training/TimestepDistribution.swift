import Compute
import Runs

/// At which times a denoiser learns.
public struct TimestepDistribution: Equatable, Sendable {
  /// How they are distributed.
  public enum Kind: String, RecipeChoice {
    /// All alike: on a cosine schedule, mostly where image and noise are about as strong.
    case uniform
    /// So that the logarithm of sigma, the noise beside a whole image, is normally distributed: Karras et
    /// al., "Elucidating the Design Space of Diffusion-Based Generative Models" (2022). For a flow that is
    /// the logit-normal distribution of Esser et al., "Scaling Rectified Flow Transformers for
    /// High-Resolution Image Synthesis" (2024).
    case logNormal = "log-normal"
  }

  /// How they are distributed.
  public var kind = Kind.uniform
  /// The mean of log sigma; EDM's P_mean.
  public var mean = -0.4
  /// Its standard deviation; EDM's P_std.
  public var deviation = 1.2

  /// Times that are all alike.
  public init() {}
}
