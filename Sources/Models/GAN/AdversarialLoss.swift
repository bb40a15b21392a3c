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

  /// The part of the discriminator's loss that its logits [N] for images of the data make; the loss is
  /// the sum of this and of the other part.
  public func discriminator(real: Tensor) -> Tensor {
    switch self {
    case .nonSaturating: return binaryCrossEntropy(logits: real, target: 1)
    case .hinge: return mean(relu(1 - real))
    case .leastSquares: return 0.5 * meanSquare(real - 1)
    }
  }

  /// The part that its logits [N] for generated images make.
  public func discriminator(fake: Tensor) -> Tensor {
    switch self {
    case .nonSaturating: return binaryCrossEntropy(logits: fake, target: 0)
    case .hinge: return mean(relu(fake + 1))
    case .leastSquares: return 0.5 * meanSquare(fake)
    }
  }

  /// The generator's loss, from the discriminator's logits [N] for what it has generated.
  public func generator(fake: Tensor) -> Tensor {
    switch self {
    case .nonSaturating: return binaryCrossEntropy(logits: fake, target: 1)
    case .hinge: return -mean(fake)
    case .leastSquares: return 0.5 * meanSquare(fake - 1)
    }
  }

  /// Whether the generator's loss is never negative: where it is not, how large it is says nothing of how
  /// well the training goes.
  var boundsGenerator: Bool {
    switch self {
    case .nonSaturating, .leastSquares: true
    case .hinge: false
    }
  }

  private func meanSquare(_ x: Tensor) -> Tensor { mean(x * x) }
}
