/// The sizes of a DCGAN: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep
/// Convolutional Generative Adversarial Networks" (2015).
public struct DCGANConfiguration: Equatable, Sendable {
  /// Pixels of an image's side: 32 or 64.
  public var size = 32
  /// Channels of an image: 1, 3 or 4.
  public var imageChannels = 1
  /// Numbers in a latent vector.
  public var latentSize = 100
  /// Channels of the layers next to the image; each layer away from it has twice as many.
  public var channels = 64

  /// A configuration; see the properties.
  public init(size: Int = 32, imageChannels: Int = 1, latentSize: Int = 100, channels: Int = 64) {
    precondition(size == 32 || size == 64, "a DCGAN draws 32 or 64 pixels, not \(size)")
    self.size = size
    self.imageChannels = imageChannels
    self.latentSize = latentSize
    self.channels = channels
  }

  /// The channels of the feature maps from the image inwards, down to 4x4 pixels.
  var widths: [Int] { (size == 64 ? [1, 2, 4, 8] : [1, 2, 4]).map { $0 * channels } }

  /// The paper's initialization: weights from N(0, 0.02), gains of norms from N(1, 0.02).
  static let deviation: Float = 0.02
}
