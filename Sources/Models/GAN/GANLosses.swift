/// What a step of a GAN reports; of several steps of the discriminator, the last.
public struct GANLosses: Sendable {
  /// The discriminator's loss, penalty and all.
  public let discriminator: Float
  /// What of it is the gradient penalty; nil for a step without one.
  public let penalty: Float?
  /// The generator's loss.
  public let generator: Float
  /// The mean probability that an image of the data is called real: the logits' sigmoid.
  public let realScore: Float
  /// The same of a generated image, before the discriminator learns.
  public let fakeScore: Float
  /// The norm of the discriminator's gradients.
  public let discriminatorNorm: Double
  /// The norm of the generator's gradients.
  public let generatorNorm: Double
  /// How much generated images of one class differ, as a multiple of the data's; nil where the batch does not
  /// tell.
  public let variety: Double?
}
