import Compute
import Images
import Models

/// What pictures are compared in, and what a distance there means.
public enum PictureSpace {
  /// Pixel by pixel; the unit is a level of 256, on average over a picture.
  case pixels
  /// What a classifier sees in them; the unit is its own.
  case features(TrainedClassifier)

  /// What it is called.
  public var name: String {
    switch self {
    case .pixels: "pixels"
    case .features(let classifier):
      "the \(classifier.featureCount) features of \(classifier.run.name)"
    }
  }

  /// A vector for each of some pictures of one size.
  func vectors(of pictures: [Image]) -> Features {
    switch self {
    case .pixels:
      Features(
        Values([pictures.count, pictures[0].pixels.count], in: values(of: pictures).storage))
    case .features(let classifier): classifier(pictures).features
    }
  }

  /// The distance as it is told, for a squared one of vectors of so many numbers.
  func distance(squared: Double, size: Int) -> Double {
    switch self {
    case .pixels: (squared / Double(size)).squareRoot() * 127.5
    case .features: squared.squareRoot()
    }
  }
}
