import Autograd
import Compute
import Layers
import Training

/// A network that makes images, or points of any kind, of latent vectors.
public protocol GeneratorNetwork: Module {
  /// Latent vectors [N, ...], and a class for each where it knows any, to what it makes, [N, ...].
  func callAsFunction(_ latents: Tensor, classes: [Int32]?) -> Tensor
}

/// A network that tells what is generated from the data.
public protocol DiscriminatorNetwork: Module {
  /// Images or points [N, ...], and a class for each where it knows any, to logits [N].
  func callAsFunction(_ images: Tensor, classes: [Int32]?) -> Tensor

  /// The same, and how fast each logit changes as its image changes by `tangent`: the directional
  /// derivative, recorded like any op, so that its gradient is a second derivative.
  func callAsFunction(
    _ images: Tensor, tangent: Tensor, classes: [Int32]?
  ) -> (logits: Tensor, derivatives: Tensor)

  /// Called once before each of the discriminator's updates, and not before the generator's: where a spectral
  /// norm has its power iteration.
  func prepareForUpdate()
}

extension DiscriminatorNetwork {
  /// Nothing.
  public func prepareForUpdate() {}
}

/// A GAN in training, whatever its networks.
public protocol TrainedGAN: AnyObject {
  /// The generator and the discriminator, and what their arrays' names in a checkpoint begin with.
  var networks: [(prefix: String, network: any TrainedNetwork)] { get }

  /// One training step, with a batch for each of the discriminator's.
  /// - Throws: `NumericalFault`; the network that was to learn is as it was.
  func step(_ batches: [GANBatch], mode: Mode) throws -> GANLosses

  /// How far the discriminator overfits, by a batch that it learns from, and by held-out images and their classes;
  /// nil where it cannot tell generated images.
  func overfitting(on batch: GANBatch, heldOut: Values, classes: [Int32]?) -> Double?

  /// What the generator's average makes of latent vectors [N, ...] and, where it knows any, classes.
  func sample(_ latents: Values, classes: [Int32]?) -> Values
}

extension GAN: TrainedGAN {
  /// Both halves.
  public var networks: [(prefix: String, network: any TrainedNetwork)] {
    [("generator.", generator), ("discriminator.", discriminator)]
  }
}
