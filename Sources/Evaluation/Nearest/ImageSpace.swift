import Compute
import Images
import Models

/// What images are compared in, and what a distance there means.
public enum ImageSpace {
  /// Pixel by pixel; the unit is a level of 256, on average over an image.
  case pixels
  /// What a classifier sees in them; the unit is its own.
  case features(TrainedClassifier)

  /// The features of the bundled classifier for some data; where there is none, pixels.
  /// - Throws: `FileError`, `RecipeError` when the classifier cannot be read.
  public static func standard(for data: String) throws -> ImageSpace {
    try ImageEvaluation.standardClassifier(for: data).map { .features(try TrainedClassifier($0)) }
      ?? .pixels
  }

  /// What it is called.
  public var name: String {
    switch self {
    case .pixels: "pixels"
    case .features(let classifier):
      "the \(classifier.featureCount) features of \(classifier.run.name)"
    }
  }

  /// A vector for each of some images of one size.
  func vectors(of images: [Image]) -> Features {
    switch self {
    case .pixels:
      Features(
        Values([images.count, images[0].pixels.count], in: values(of: images).storage))
    case .features(let classifier): classifier(images).features
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
