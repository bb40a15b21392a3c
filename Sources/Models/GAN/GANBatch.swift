import Compute

/// What one of the discriminator's steps learns from; of the last in a training step, the generator does, too.
public struct GANBatch {
  /// Images of the data, [N, ...], in -1...1 if the generator's are.
  public var real: Values
  /// Latent vectors [N, ...], one for each image.
  public var latents: Values
  /// The classes of the images, which are those of the generated ones, too; nil without classes.
  public var classes: [Int32]?
  /// How each image of the data and each generated one is shown to the discriminator; nil for as it is.
  public var distortions: (real: [ImageDistortion], fake: [ImageDistortion])?
  /// For each image, or pack of them, the place in 0...1, from a generated one to it, at which WGAN-GP's penalty is taken; that
  /// alone needs it.
  public var interpolation: [Float]?

  /// A batch of those images and latent vectors; see the properties.
  public init(
    real: Values, latents: Values, classes: [Int32]? = nil,
    distortions: (real: [ImageDistortion], fake: [ImageDistortion])? = nil,
    interpolation: [Float]? = nil
  ) {
    (self.real, self.latents, self.classes) = (real, latents, classes)
    (self.distortions, self.interpolation) = (distortions, interpolation)
  }
}
