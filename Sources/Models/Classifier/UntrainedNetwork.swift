import Autograd
import Images
import Layers

/// A network of random weights, always the same, whose features tell images apart where there is no classifier.
///
/// Naeem et al., "Reliable Fidelity and Diversity Metrics for Generative Models" (2020), find such features fair to
/// images that are unlike those that a classifier has been trained on.
public struct UntrainedNetwork {
  private let network: Classifier
  private static let (side, channels) = (32, 3)

  /// The network.
  public init() {
    network = Classifier(
      .init(imageChannels: Self.channels, classes: 1, channels: [32, 64, 128], dropout: 0))
    network.initialize(seed: 0)
  }

  /// How many features it sees in an image.
  public var featureCount: Int { network.head.weight.shape[0] }

  /// The features of images of any size.
  public func callAsFunction(_ images: [Image]) -> Features {
    network.judgment(of: images.map { $0.fitted(toSide: Self.side, channels: Self.channels) })
      .features
  }
}

extension Image {
  /// The image at a network's size and channels.
  ///
  /// Of an image that is larger by up to a third the middle is taken: that takes away what data sets
  /// put around images to bring them to a model's size. Any other is scaled to cover the size.
  func fitted(toSide side: Int, channels: Int) -> Image {
    let shorter = min(width, height)
    let image = converted(toChannels: channels)
    return shorter >= side && 3 * shorter <= 4 * side
      ? image.centerCropped(width: side, height: side) : image.resizedCovering(side)
  }
}
