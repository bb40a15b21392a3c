import Compute
import Models

/// The nearest of many vectors to each of a few, which are found block by block, so that the many need
/// not be in memory together.
///
/// Matrix products tell which are near enough to be looked at; the distances of those are summed from
/// the differences, so that equal vectors have the distance 0, and no rounding of a product changes what
/// is found. Of vectors at one distance, the first is the nearer.
struct NearestNeighbors {
  /// A vector that is near.
  struct Neighbor: Equatable {
    /// Its number among all.
    let index: Int
    /// Whether it is that of the mirrored image.
    let isMirrored: Bool
    /// The square of its distance.
    let squaredDistance: Double
  }

  /// For each query those that are nearest so far, the nearest first.
  private(set) var neighbors: [[Neighbor]]
  private let queries: Features
  private let squaredNorms: [Double]
  private let most: Int

  /// What a squared distance by way of a product may be wrong by, as a part of both squared norms: far
  /// more than single precision is over the longest vectors of images.
  private static let slack = 1e-4

  /// A search for so many neighbors of each query.
  init(of queries: Features, most: Int) {
    precondition(most >= 1, "a search for \(most) neighbors")
    (self.queries, self.most) = (queries, most)
    squaredNorms = queries.squaredNorms
    neighbors = Array(repeating: [], count: queries.count)
  }

  /// Looks at a block of vectors, whose numbers are those from `firstIndex` on.
  mutating func add(_ block: Features, firstIndex: Int, isMirrored: Bool = false) {
    let norms = block.squaredNorms
    queries.forEachRow(ofProductsWith: block) { row, products in
      let norm = squaredNorms[row]
      var found = neighbors[row]
      for column in 0..<block.count {
        let sum = norm + norms[column]
        let isNear =
          found.count < most
          || sum - 2 * Double(products[column]) - Self.slack * sum < found[most - 1].squaredDistance
        guard isNear else { continue }
        let neighbor = Neighbor(
          index: firstIndex + column, isMirrored: isMirrored,
          squaredDistance: Features.squaredDistance(queries[row], block[column], queries.size))
        Self.insert(neighbor, into: &found, most)
      }
      neighbors[row] = found
    }
  }

  private static func insert(_ neighbor: Neighbor, into found: inout [Neighbor], _ most: Int) {
    // Of an image and its mirror image, the nearer one counts.
    if let other = found.firstIndex(where: { $0.index == neighbor.index }) {
      guard neighbor.squaredDistance < found[other].squaredDistance else { return }
      found.remove(at: other)
    }
    let place = found.firstIndex { $0.squaredDistance > neighbor.squaredDistance } ?? found.count
    found.insert(neighbor, at: place)
    if found.count > most { found.removeLast() }
  }
}

extension Features {
  /// The sum of (x - y)^2 over vectors of so many numbers.
  static func squaredDistance(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ size: Int
  ) -> Double {
    Reductions.meanSquaredError(x, y, count: size) * Double(size)
  }
}
