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

  /// Within what each of them lies in 95 of 100 cases; nil where that is not asked for.
  public let intervals: Intervals?

  /// Confidence intervals, by how the images happened to be sampled.
  public struct Intervals: Sendable {
    /// Of the Frechet distance.
    public let frechetDistance: ClosedRange<Double>
    /// Of the kernel distance.
    public let kernelDistance: ClosedRange<Double>
    /// Of the precision.
    public let precision: ClosedRange<Double>
    /// Of the recall, by how the real images happened to be sampled.
    public let recall: ClosedRange<Double>
  }

  /// Compares features with those of real images.
  /// - Parameter hasIntervals: Whether confidence intervals are found as well.
  init(_ features: Features, with real: RealFeatures, hasIntervals: Bool = false) {
    samples = features.count
    let distribution = FeatureDistribution(features)
    frechetDistance = real.distribution.frechetDistance(to: distribution, root: real.root)
    kernelDistance = features.kernelDistance(to: real.features)
    let right = real.manifold.contains(features)
    let found = Manifold(features).contains(real.features)
    precision = Self.share(right)
    recall = Self.share(found)
    guard hasIntervals else {
      intervals = nil
      return
    }
    let bootstrap = Bootstrap(count: features.count)
    let terms = bootstrap.interval(ofMean: features.kernelTerms(to: real.features))
    let half = (terms.upperBound - terms.lowerBound) / 2
    intervals = Intervals(
      frechetDistance: bootstrap.interval(around: frechetDistance) { weights in
        real.distribution.frechetDistance(
          to: FeatureDistribution(features, weights: weights), root: real.root)
      },
      kernelDistance: kernelDistance - half...kernelDistance + half,
      precision: bootstrap.interval(ofMean: right.map { $0 ? 1 : 0 }),
      recall: Bootstrap(count: found.count).interval(ofMean: found.map { $0 ? 1 : 0 }))
  }

  private static func share(_ flags: [Bool]) -> Double {
    Double(flags.count { $0 }) / Double(flags.count)
  }
}

/// The features of real images, and what is found of them once.
struct RealFeatures {
  let features: Features
  let distribution: FeatureDistribution
  /// The root of the distribution's covariance.
  let root: SymmetricMatrix
  let manifold: Manifold

  init(_ features: Features) {
    self.features = features
    distribution = FeatureDistribution(features)
    root = distribution.covariance.squareRoot
    manifold = Manifold(features)
  }
}
