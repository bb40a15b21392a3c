import Compute

/// How many modes of a mixture of Gaussians are among generated points, and how many of the points are near one.
///
/// Srivastava et al., "VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning" (2017);
/// Lin, Khetan, Fanti and Oh, "PacGAN: The Power of Two Samples in Generative Adversarial Networks" (2018).
public struct ModeCoverage: Equatable, Sendable {
  /// How many modes have a point within three standard deviations.
  public var modes: Int
  /// The part of the points that lie within three standard deviations of a mode.
  public var quality: Double

  /// Counts that are known.
  public init(modes: Int, quality: Double) {
    (self.modes, self.quality) = (modes, quality)
  }

  /// What there is among points [N, D], at least one, of Gaussians around `centers` [M, D] with the same standard
  /// deviation in each direction.
  public init(of points: Values, centers: Values, standardDeviation: Float) {
    let (count, size) = (points.shape[0], points.shape[1])
    precondition(
      count > 0 && centers.shape[1] == size, "points \(points.shape) around \(centers.shape)")
    let radius = 3 * standardDeviation
    func isNear(_ point: Int, _ center: Int) -> Bool {
      let square = (0..<size).reduce(Float(0)) { sum, place in
        let difference =
          points.pointer[point * size + place] - centers.pointer[center * size + place]
        return sum + difference * difference
      }
      return square <= radius * radius
    }
    var reached = Set<Int>()
    let near = (0..<count).count { point in
      let modes = (0..<centers.shape[0]).filter { isNear(point, $0) }
      reached.formUnion(modes)
      return !modes.isEmpty
    }
    self.init(modes: reached.count, quality: Double(near) / Double(count))
  }
}
