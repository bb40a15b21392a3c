import Autograd
import Compute
import Layers
import Training

/// Both networks of a GAN with their optimizers, and the moving average of the generator.
public final class GAN {
  /// The sizes.
  public let configuration: DCGANConfiguration
  /// What both minimize.
  public let loss: AdversarialLoss
  /// The half that generates, with its optimizer, and its moving average, which is what is sampled from.
  public let generator: Learner<Generator>
  /// The half that tells generated images from those of the data, with its optimizer.
  public let discriminator: OptimizedNetwork<Discriminator>

  /// Networks initialized from `seed`, to be trained for `steps`.
  public init(
    _ configuration: DCGANConfiguration, loss: AdversarialLoss = .nonSaturating,
    optimizer: OptimizerOptions = OptimizerOptions(learningRate: 2e-4, beta1: 0.5, beta2: 0.999),
    emaDecay: Double = 0.999, steps: Int = .max, seed: UInt64 = 0
  ) {
    self.configuration = configuration
    self.loss = loss
    generator = Learner(optimizer, emaDecay: emaDecay, steps: steps, seed: seed) {
      Generator(configuration)
    }
    discriminator = OptimizedNetwork(
      Discriminator(configuration), optimizer, steps: steps, seed: seed)
  }

  /// How many parameters both networks have.
  public var parameterCount: Int {
    generator.parameterCount + discriminator.optimizer.slab.parameterCount
  }

  /// What a step reports.
  public struct Losses: Sendable {
    /// The discriminator's loss.
    public let discriminator: Float
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
  }

  /// One training step: the discriminator learns from the batch and from generated images, then the
  /// generator from the discriminator's new logits for the same images.
  ///
  /// - Parameters:
  ///   - real: Images [N, size, size, imageChannels] in -1...1.
  ///   - latents: Normal numbers [N, 1, 1, latentSize].
  ///   - mode: Training, with the step's number.
  /// - Throws: `NumericalFault`; the network that was to learn is as it was.
  public func step(real: Values, latents: Values, mode: Mode) throws -> Losses {
    try withMode(mode) {
      let tape = Tape(watching: generator.slab)
      let fakes = tape.record { generator.model(Tensor(constant: latents)) }
      let first = try updateDiscriminator(real, fakes.values)
      let second = try updateGenerator(fakes, on: tape, latents)
      return Losses(
        discriminator: first.loss, generator: second.loss, realScore: first.realScore,
        fakeScore: first.fakeScore, discriminatorNorm: first.norm, generatorNorm: second.norm)
    }
  }

  /// The discriminator's step.
  private func updateDiscriminator(
    _ real: Values, _ fakes: Values
  ) throws -> (loss: Float, norm: Double, realScore: Float, fakeScore: Float) {
    // One part of the loss after the other, so that the activations of one are there at a time.
    func gradients() -> (loss: Float, realScore: Float, fakeScore: Float) {
      var scores: (real: Float, fake: Float) = (0, 0)
      let slab = discriminator.optimizer.slab
      let (realLoss, _) = valueAndGradients(of: slab) {
        let logits = discriminator.model(Tensor(constant: real))
        scores.real = Self.meanSigmoid(logits)
        return loss.discriminator(real: logits)
      }
      let (fakeLoss, _) = valueAndGradients(of: slab, accumulating: true) {
        let logits = discriminator.model(Tensor(constant: fakes))
        scores.fake = Self.meanSigmoid(logits)
        return loss.discriminator(fake: logits)
      }
      return (realLoss + fakeLoss, scores.real, scores.fake)
    }
    let result = gradients()
    do {
      let norm = try discriminator.optimizer.step(after: result.loss).norm
      return (result.loss, norm, result.realScore, result.fakeScore)
    } catch { throw error.traced { _ = gradients() } }
  }

  /// The generator's step, of whose images `fakes` the way is on the tape.
  private func updateGenerator(
    _ fakes: Tensor, on tape: Tape, _ latents: Values
  ) throws -> (loss: Float, norm: Double) {
    func gradients(_ fakes: Tensor, _ tape: Tape) -> Float {
      let result = tape.record { loss.generator(fake: discriminator.model(fakes)) }
      _ = tape.gradients(of: result)
      return result.item
    }
    let value = gradients(fakes, tape)
    do {
      return (value, try generator.update(after: value).norm)
    } catch {
      throw error.traced {
        let tape = Tape(watching: generator.slab)
        _ = gradients(tape.record { generator.model(Tensor(constant: latents)) }, tape)
      }
    }
  }

  /// Images [N, size, size, imageChannels] in -1...1 that the average makes of latent vectors
  /// [N, 1, 1, latentSize].
  public func sample(_ latents: Values) -> Values {
    generator.average.model(Tensor(constant: latents)).values
  }

  private static func meanSigmoid(_ logits: Tensor) -> Float {
    sigmoid(logits).values.elements.reduce(0, +) / Float(logits.count)
  }
}
