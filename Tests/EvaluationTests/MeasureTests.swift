import Compute
import Foundation
import Testing

@testable import Evaluation
@testable import Models

/// Distances of features beside closed forms and beside NumPy's and SciPy's.
@Suite struct MeasureTests {
  private func features(_ size: Int, _ elements: [Float]) -> Features {
    Features(Values([elements.count / size, size], elements))
  }

  /// A matrix with those eigenvalues, turned by reflections: I - 2 u u^T on both sides.
  private func turned(_ eigenvalues: [Double], times: Int) -> SymmetricMatrix {
    let n = eigenvalues.count
    var matrix = (0..<n * n).map { $0 % (n + 1) == 0 ? eigenvalues[$0 / n] : 0 }
    for time in 0..<times {
      let u = (0..<n).map { Double(($0 * 7 + time * 3) % 11) - 4.5 }
      let length = u.reduce(0) { $0 + $1 * $1 }
      // Rows, then, of the transpose, columns.
      for _ in 0..<2 {
        for column in 0..<n {
          let dot = (0..<n).reduce(0) { $0 + u[$1] * matrix[$1 * n + column] }
          for row in 0..<n { matrix[row * n + column] -= 2 * dot / length * u[row] }
        }
        matrix = (0..<n * n).map { matrix[$0 % n * n + $0 / n] }
      }
    }
    return SymmetricMatrix(n, matrix)
  }

  /// Each direction has mean 0 and deviation 1 but for those that hardly vary, which do no harm.
  @Test func whitenedFeaturesHaveNothingInCommon() {
    let normals = RandomStream(seed: 1, purpose: .evaluation).normals([500, 3]).elements
    let rows = stride(from: 0, to: normals.count, by: 3).flatMap { row -> [Float] in
      let (a, b, c) = (normals[row], normals[row + 1], normals[row + 2])
      return [100 + 3 * a, 3 * a + b, b - c, 5]
    }
    let whitening = Whitening(features(4, rows))
    let distribution = FeatureDistribution(whitening(features(4, rows)))
    #expect(distribution.mean.allSatisfy { abs($0) < 1e-4 })
    let deviations = distribution.covariance.eigen().values.sorted()
    #expect(abs(deviations[0]) < 1e-6)
    #expect(deviations[1...].allSatisfy { abs($0 - 1) < 0.05 })
  }

  @Test(arguments: [1, 2, 3, 20, 40]) func eigenvaluesOfAStringsMatrix(size: Int) {
    let elements = (0..<size * size).map { place -> Double in
      switch abs(place / size - place % size) {
      case 0: 2
      case 1: -1
      default: 0
      }
    }
    let values = SymmetricMatrix(size, elements).eigen().values.sorted()
    let alone = SymmetricMatrix(size, elements).eigenvalues.sorted()
    for (index, value) in values.enumerated() {
      let exact = 2 - 2 * cos(Double(index + 1) * .pi / Double(size + 1))
      #expect(abs(value - exact) < 1e-13 * 4)
      #expect(abs(alone[index] - exact) < 1e-13 * 4)
    }
  }

  @Test(arguments: [
    [2.0, 3, 5, 7], [1, 1, 1, 1, 1], [4, 0, 0, 1], [0, 0, 0], [1e6, 1, 1e-6, 0, 9], [5], [],
    (0..<60).map { Double($0 % 7) * 1.5 },
  ]) func eigenvaluesWithoutVectors(exact: [Double]) {
    let values = turned(exact, times: 3).eigenvalues.sorted()
    let largest = exact.max() ?? 0
    for (ours, theirs) in zip(values, exact.sorted()) {
      #expect(abs(ours - theirs) <= 1e-13 * largest)
    }
  }

  /// Of means, the bootstrap's interval is that of the standard error; of distances it holds those of other
  /// samples of the same distribution.
  @Test func intervals() {
    let stream = RandomStream(seed: 4, purpose: .evaluation)
    func sample(_ number: Int, _ count: Int) -> Features {
      Features(
        Values([count, 3]) {
          stream.fillNormals($0, shape: [count, 3], mean: 0.2, firstSample: 0, step: number)
        })
    }
    let numbers = sample(0, 200).values.elements.map(Double.init)
    let interval = Bootstrap(count: numbers.count).interval(ofMean: numbers)
    let error = 1 / Double(numbers.count).squareRoot()
    #expect(abs(interval.upperBound - interval.lowerBound - 2 * 1.96 * error) < 0.6 * error)

    let real = RealFeatures(
      Features(stream.normals([400, 3], step: 1000)))
    let measures = (1...40).map {
      ImageMeasures(sample($0, 200), with: real, hasIntervals: $0 == 1)
    }
    for (value, interval) in [
      (\ImageMeasures.frechetDistance, \ImageMeasures.Intervals.frechetDistance),
      (\.kernelDistance, \.kernelDistance), (\.precision, \.precision),
    ] {
      let values = measures.map { $0[keyPath: value] }
      let mean = values.reduce(0, +) / Double(values.count)
      let deviation =
        (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
        .squareRoot()
      let found = measures[0].intervals?[keyPath: interval] ?? 0...0
      let ratio = (found.upperBound - found.lowerBound) / (2 * 1.96 * deviation)
      #expect(ratio > 0.6 && ratio < 1.6, "\(ratio)")
    }
  }

  /// Also of matrices with eigenvalues that are zero, or many orders of magnitude apart.
  @Test(arguments: [
    [2.0, 3, 5, 7], [1, 1, 1, 1, 1], [4, 0, 0, 1], [0, 0, 0], [1e6, 1, 1e-6, 0, 9],
  ]) func theRootSquaredIsTheMatrix(eigenvalues: [Double]) {
    let matrix = turned(eigenvalues, times: 2)
    let root = matrix.squareRoot
    let square = SymmetricMatrix.gram(root.elements, rows: root.size, columns: root.size)
    let largest = eigenvalues.max() ?? 0
    for (a, b) in zip(square, matrix.elements) { #expect(abs(a - b) <= 1e-13 * largest) }
    let exact = eigenvalues.reduce(0) { $0 + $1.squareRoot() }
    #expect(abs(root.trace - exact) <= 1e-7 * (1 + exact))
  }

  /// Where covariances share their axes, the distance is the sum of (root a - root b)^2.
  @Test func frechetDistancesOfNormalDistributions() {
    let (a, b) = ([1.0, 4, 9, 0, 0.25], [4.0, 4, 0, 0, 1])
    let shift = [0.0, 1, -2, 0.5, 0]
    for times in [0, 2] {
      let first = FeatureDistribution(
        mean: Array(repeating: 0, count: 5), covariance: turned(a, times: times))
      let second = FeatureDistribution(mean: shift, covariance: turned(b, times: times))
      let exact =
        zip(a, b).reduce(0) { $0 + pow($1.0.squareRoot() - $1.1.squareRoot(), 2) } + 5.25
      #expect(abs(first.frechetDistance(to: second) - exact) < 1e-6)
      #expect(abs(second.frechetDistance(to: first) - exact) < 1e-6)
      #expect(first.frechetDistance(to: first) < 1e-6)
    }
  }

  @Test func kernelDistanceOfTwoPoints() {
    // All vectors of a set are the same: 1 + (x x / 2 + 1)^3 - 2 with x x = 4 + 16.
    let zeros = features(2, [Float](repeating: 0, count: 8))
    let others = features(2, [2, 4, 2, 4, 2, 4])
    #expect(abs(zeros.kernelDistance(to: others) - 1330) < 1e-9)
    #expect(others.kernelDistance(to: others) == 0)
  }

  @Test func theRegionOfPointsOnALine() {
    let manifold = Manifold(features(1, [0, 1, 2, 10]), neighbors: 1)
    // The balls reach from -1 to 3, and from 2 to 18.
    #expect(manifold.share(of: features(1, [-0.5, 2.5, 17, -1.5])) == 0.75)
    #expect(manifold.share(of: features(1, [0, 1, 2, 10])) == 1)
  }

  private struct Case: Decodable {
    let name: String
    let size: Int
    let drawn: [Float]
    let real: [Float]
    let frechet: Double
    let kernel: Double
    let precision: Double
    let recall: Double
  }

  @Test func agreesWithSciPy() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Parity/measures/measures.json")
    let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: path))
    #expect(cases.count == 5)
    for row in cases {
      let real = RealFeatures(features(row.size, row.real))
      let measures = ImageMeasures(features(row.size, row.drawn), with: real)
      #expect(abs(measures.frechetDistance - row.frechet) < 1e-6, "\(row.name)")
      #expect(
        abs(measures.kernelDistance - row.kernel) < 1e-6 * (1 + abs(row.kernel)), "\(row.name)")
      #expect(measures.precision == row.precision, "\(row.name)")
      #expect(measures.recall == row.recall, "\(row.name)")
    }
  }

  /// As all products, in blocks: the measures do not depend on threads or instruction sets.
  @Test func theSameBitsAtAnyThreadCount() async {
    await #expect(processExitsWith: .success) {
      let stream = RandomStream(seed: 3, purpose: .evaluation)
      let (drawn, real) = (
        Features(stream.normals([450, 7])),
        RealFeatures(Features(stream.normals([420, 7], step: 1)))
      )
      let results = [1, 3].map { threads in
        ThreadPool.shared.count = threads
        let measures = ImageMeasures(drawn, with: real)
        return [
          measures.frechetDistance, measures.kernelDistance, measures.precision, measures.recall,
        ]
      }
      #expect(results[0] == results[1])
      #expect(results[0][0] < 0.3 && abs(results[0][1]) < 0.1 && results[0][2] > 0.8)
    }
  }
}
