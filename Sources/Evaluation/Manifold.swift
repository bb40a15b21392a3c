import Models

/// The region that some features fill: balls around each that reach to its k-th nearest neighbor.
///
/// Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models" (2019).
public struct Manifold {
  private let features: Features
  private let squaredNorms: [Double]
  /// The squared radius of each ball.
  private let squaredRadii: [Double]

  /// The region of more than k features.
  public init(_ features: Features, neighbors k: Int = 3) {
    precondition(k >= 1 && features.count > k, "neighbor \(k) among \(features.count) vectors")
    let norms = features.squaredNorms
    var radii = [Double](repeating: 0, count: features.count)
    features.forEachRow(ofProductsWith: features) { row, products in
      var nearest: [Double] = []
      for column in 0..<features.count where column != row {
        let distance = norms[row] + norms[column] - 2 * Double(products[column])
        guard nearest.count < k || distance < nearest[k - 1] else { continue }
        if nearest.count == k { nearest.removeLast() }
        nearest.insert(distance, at: nearest.firstIndex { $0 > distance } ?? nearest.count)
      }
      radii[row] = nearest[k - 1]
    }
    (self.features, squaredNorms, squaredRadii) = (features, norms, radii)
  }

  /// The part of other features that lie in the region: of generated ones in the region of real ones the
  /// precision, of real ones in the region of generated ones the recall.
  public func share(of others: Features) -> Double {
    Double(contains(others).count { $0 }) / Double(max(others.count, 1))
  }

  /// Whether each of other features lies in the region.
  func contains(_ others: Features) -> [Bool] {
    let norms = others.squaredNorms
    var inside = [Bool](repeating: false, count: others.count)
    others.forEachRow(ofProductsWith: features) { row, products in
      inside[row] = (0..<features.count).contains { column in
        let distance = norms[row] + squaredNorms[column] - 2 * Double(products[column])
        return distance <= squaredRadii[column]
      }
    }
    return inside
  }
}
