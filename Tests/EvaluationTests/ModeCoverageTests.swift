import Compute
import Evaluation
import Testing

/// Modes and quality of points that are known.
@Suite struct ModeCoverageTests {
  private static let centers = Values([3, 2], [0, 0, 1, 0, 0, 10])

  private func coverage(_ points: [Float]) -> ModeCoverage {
    ModeCoverage(
      of: Values([points.count / 2, 2], points), centers: Self.centers, standardDeviation: 0.1)
  }

  /// The distance counts, not each coordinate: a corner of the square around a center is too far.
  @Test func pointsWithinThreeDeviationsCount() {
    let points: [Float] = [0, 0.29, -0.2, 0.2, 0.31, 0, 0.29, 0.29, 1, -0.1]
    #expect(coverage(points) == ModeCoverage(modes: 2, quality: 0.6))
  }

  @Test func aModeNeedsOnePoint() {
    #expect(coverage([5, 5]) == ModeCoverage(modes: 0, quality: 0))
    #expect(coverage([0, 10.2, 5, 5, 5, 5, 5, 5]) == ModeCoverage(modes: 1, quality: 0.25))
    #expect(coverage([0, 10, 1, 0, 0, 0]) == ModeCoverage(modes: 3, quality: 1))
  }

  /// Of a Gaussian in the plane, 1 - e^(-9/2) = 98.9 % lies within three deviations.
  @Test func whatTheMixtureItselfHas() {
    let count = 3000
    let normals = RandomStream(seed: 1, purpose: .drawing).normals([count, 2]).elements
    let points = normals.enumerated().map { place, normal in
      Self.centers.elements[2 * (place / 2 % 3) + place % 2] + 0.1 * normal
    }
    let coverage = coverage(points)
    #expect(coverage.modes == 3 && abs(coverage.quality - 0.9889) < 0.008)
  }
}
