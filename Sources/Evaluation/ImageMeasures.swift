import Models

/// How near the features of some images are to those of real ones.
///
/// They are measured in the features of a classifier of this program's own; figures by other networks,
/// such as Inception's FID and KID, are numbers of another kind.
public struct ImageMeasures: Sendable {
  /// How many images were measured.
  public let samples: Int
  /// The Frechet distance of the normal distributions with their means and covariances; 0 is best.
  public let frechetDistance: Double
  /// The kernel distance, without bias; 0 is best.
  public let kernelDistance: Double
  /// The part of the images that lie where real ones do: whether they look right.
  public let precision: Double
  /// The part of the real images that lie where these do: whether all kinds are generated.
  public let recall: Double

  /// Compares features with those of real images.
  init(_ features: Features, with real: RealFeatures) {
    samples = features.count
    frechetDistance = FeatureDistribution(features).frechetDistance(to: real.distribution)
    kernelDistance = features.kernelDistance(to: real.features)
    precision = real.manifold.share(of: features)
    recall = Manifold(features).share(of: real.features)
  }
}

/// The features of real images, and what is found of them once.
struct RealFeatures {
  let features: Features
  let distribution: FeatureDistribution
  let manifold: Manifold

  init(_ features: Features) {
    self.features = features
    distribution = FeatureDistribution(features)
    manifold = Manifold(features)
  }
}
