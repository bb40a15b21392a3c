import Autograd
import Runs

/// What the two halves of a GAN minimize, given the discriminator's logits.
public enum AdversarialLoss: String, RecipeChoice {
  /// Goodfellow et al., "Generative Adversarial Nets" (2014), with the generator's loss turned around
  /// so that it has gradients where the discriminator is sure: -log D(G(z)).
  case nonSaturating = "non-saturating"
  /// Lim and Ye, "Geometric GAN" (2017): max(0, 1 - D(x)) + max(0, 1 + D(G(z))), and -D(G(z)).
  case hinge
  /// Mao et al., "Least Squares Generative Adversarial Networks" (2016): targets of 1 and 0.
  case leastSquares = "least-squares"
  /// Jolicoeur-Martineau, "The Relativistic Discriminator" (2018), in the form with pairs: that an image of the
  /// data is more real than a generated one. With both gradient penalties it is the loss of Huang et al., "The
  /// GAN is Dead; Long Live the GAN! A Modern GAN Baseline" (2024).
  case relativistic
  /// Arjovsky, Chintala and Bottou, "Wasserstein GAN" (2017): D(G(z)) - D(x), and -D(G(z)), of a discriminator
  /// whose slopes something bounds.
  case wasserstein

  /// Whether the loss is of pairs of an image of the data and a generated one: it has no parts.
  public var isPaired: Bool { self == .relativistic }

  /// The discriminator's loss, from its logits [N] for images of the data and for generated ones.
  public func discriminator(real: Tensor, fake: Tensor) -> Tensor {
    isPaired
      ? binaryCrossEntropy(logits: real - fake, target: 1)
      : discriminator(real: real) + discriminator(fake: fake)
  }

  /// The part of the discriminator's loss that its logits [N] for images of the data make; the loss is
  /// the sum of this and of the other part.
  public func discriminator(real: Tensor) -> Tensor {
    switch self {
    case .relativistic: preconditionFailure("a part of a loss of pairs")
    case .nonSaturating: return binaryCrossEntropy(logits: real, target: 1)
    case .hinge: return mean(relu(1 - real))
    case .leastSquares: return 0.5 * meanSquare(real - 1)
    case .wasserstein: return -mean(real)
    }
  }

  /// The part that its logits [N] for generated images make.
  public func discriminator(fake: Tensor) -> Tensor {
    switch self {
    case .relativistic: preconditionFailure("a part of a loss of pairs")
    case .nonSaturating: return binaryCrossEntropy(logits: fake, target: 0)
    case .hinge: return mean(relu(fake + 1))
    case .leastSquares: return 0.5 * meanSquare(fake)
    case .wasserstein: return mean(fake)
    }
  }

  /// The generator's loss, from the discriminator's logits [N] for what it has generated, and for images of
  /// the data where the loss is paired.
  public func generator(fake: Tensor, real: @autoclosure () -> Tensor) -> Tensor {
    switch self {
    case .relativistic: return binaryCrossEntropy(logits: fake - real(), target: 1)
    case .nonSaturating: return binaryCrossEntropy(logits: fake, target: 1)
    case .hinge, .wasserstein: return -mean(fake)
    case .leastSquares: return 0.5 * meanSquare(fake - 1)
    }
  }

  /// How many of the losses, the discriminator's first, are never negative: how large another is says nothing of
  /// how well the training goes.
  var boundedLosses: Int {
    switch self {
    case .nonSaturating, .leastSquares, .relativistic: 2
    case .hinge: 1
    case .wasserstein: 0
    }
  }

  private func meanSquare(_ x: Tensor) -> Tensor { mean(x * x) }
}
