import Models

/// The normal distribution that has the mean and the covariance of some features.
public struct FeatureDistribution {
  /// [size].
  let mean: [Double]
  /// [size, size], unbiased.
  let covariance: SymmetricMatrix

  /// The distribution of that mean and covariance.
  init(mean: [Double], covariance: SymmetricMatrix) {
    precondition(mean.count == covariance.size, "a mean of \(mean.count), not \(covariance.size)")
    (self.mean, self.covariance) = (mean, covariance)
  }

  /// The distribution of at least two vectors.
  ///
  /// - Parameter weights: how often each counts, as many in all as there are vectors; nil for once.
  public init(_ features: Features, weights: [Double]? = nil) {
    let (count, size) = (features.count, features.size)
    precondition(count >= 2, "the covariance of \(count) vectors")
    let rows = (0..<count).filter { weights?[$0] != 0 }
    var mean = [Double](repeating: 0, count: size)
    for row in rows {
      let weight = weights?[row] ?? 1
      for column in 0..<size { mean[column] += weight * Double(features[row][column]) }
    }
    for column in 0..<size { mean[column] /= Double(count) }
    var centered = [Double](repeating: 0, count: rows.count * size)
    for (place, row) in rows.enumerated() {
      let root = (weights?[row] ?? 1).squareRoot()
      for column in 0..<size {
        centered[place * size + column] = root * (Double(features[row][column]) - mean[column])
      }
    }
    let sums = SymmetricMatrix.gram(centered, rows: rows.count, columns: size)
    self.init(
      mean: mean, covariance: SymmetricMatrix(size, sums.map { $0 / Double(count - 1) }))
  }

  /// The Frechet distance to another, squared as is the custom: |m1 - m2|^2 + tr(C1 + C2 - 2 (C1
  /// C2)^(1/2)); 0 where they agree.
  ///
  /// Dowson and Landau, "The Fréchet Distance between Multivariate Normal Distributions" (1982); for
  /// images Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
  /// Equilibrium" (2017). The trace of the product's root is that of the symmetric (C1^(1/2) C2
  /// C1^(1/2))^(1/2), whose eigenvalues are found without any inverse, so that features which do not
  /// vary, or depend on each other, do no harm.
  public func frechetDistance(to other: FeatureDistribution) -> Double {
    frechetDistance(to: other, root: covariance.squareRoot)
  }

  /// The same with the root of the covariance, which is found once for many others.
  func frechetDistance(to other: FeatureDistribution, root: SymmetricMatrix) -> Double {
    precondition(
      mean.count == other.mean.count, "a distance of \(mean.count) and \(other.mean.count) features"
    )
    let shift = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let product = other.covariance.conjugated(by: root)
    let trace = product.eigenvalues.reduce(0) { $0 + max($1, 0).squareRoot() }
    return max(0, shift + covariance.trace + other.covariance.trace - 2 * trace)
  }
}
