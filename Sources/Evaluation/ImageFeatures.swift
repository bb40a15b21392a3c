import Compute
import Models

/// What images are compared in.
public enum ImageFeatures {
  /// What a classifier sees in them.
  case classifier(TrainedClassifier)
  /// What a network of random weights makes of them, which needs no classes.
  case untrained(UntrainedNetwork)

  /// How many numbers an image has.
  var count: Int {
    switch self {
    case .classifier(let classifier): classifier.featureCount
    case .untrained(let network): network.featureCount
    }
  }

  /// What the classifier is called, if it is one.
  var classifierName: String? {
    switch self {
    case .classifier(let classifier): classifier.run.name
    case .untrained: nil
    }
  }
}

/// Takes apart what features of real images have in common, so that each direction counts by how far it varies
/// there: an untrained network's differ in little but the brightness otherwise.
struct Whitening {
  private let mean: [Double]
  /// [size, size], a direction in each row, divided by its deviation.
  private let directions: [Double]

  /// Directions that vary less than this part of the one that varies most are little but rounding.
  private static let least = 1e-4

  init(_ real: Features) {
    let distribution = FeatureDistribution(real)
    let (values, vectors) = distribution.covariance.eigen()
    let size = real.size
    let added = Self.least * max(values.max() ?? 0, .leastNormalMagnitude)
    mean = distribution.mean
    directions = vectors.indices.map { place in
      vectors[place] / (max(values[place / size], 0) + added).squareRoot()
    }
  }

  func callAsFunction(_ features: Features) -> Features {
    let size = features.size
    return Features(
      Values([features.count, size]) { y in
        for row in 0..<features.count {
          let x = features[row]
          for direction in 0..<size {
            let sum = (0..<size).reduce(0) {
              $0 + directions[direction * size + $1] * (Double(x[$1]) - mean[$1])
            }
            y[row * size + direction] = Float(sum)
          }
        }
      })
  }
}
