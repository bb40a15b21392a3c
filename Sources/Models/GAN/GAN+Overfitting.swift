import Autograd
import Compute
import Layers

extension GAN {
  /// How far the discriminator overfits: 0 where it judges images that it has never seen as it does those that it
  /// learns from, 1 where it judges them as it does generated ones.
  ///
  /// r_v of Karras, Aittala, Hellsten, Laine, Lehtinen and Aila, "Training Generative Adversarial Networks with
  /// Limited Data" (2020). All are shown as they are, whatever distorts them in training.
  ///
  /// - Parameters:
  ///   - batch: Images that it learns from, with latent vectors and classes.
  ///   - heldOut: Images of the data that it does not learn from, [N, ...].
  ///   - classes: Those of the held-out images; nil without classes.
  /// - Returns: nil where it cannot tell generated images from those that it learns from.
  public func overfitting(on batch: GANBatch, heldOut: Values, classes: [Int32]?) -> Double? {
    withMode(.evaluation) {
      func meanLogit(_ images: Tensor, _ classes: [Int32]?) -> Double {
        let logits = discriminator.model(packed(images), classes: classes).values.elements
        return logits.reduce(0) { $0 + Double($1) } / Double(logits.count)
      }
      let learned = meanLogit(Tensor(constant: batch.real), batch.classes)
      let generated = meanLogit(generate(batch), batch.classes)
      guard learned > generated else { return nil }
      return (learned - meanLogit(Tensor(constant: heldOut), classes)) / (learned - generated)
    }
  }
}
