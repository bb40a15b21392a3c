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
  /// The half that draws.
  public let generator: Generator
  /// The half that judges.
  public let discriminator: Discriminator
  /// The generator's moving average, which is what samples are drawn from.
  public let average: MovingAverage<Generator>
  let generatorOptimizer: Optimizer
  let discriminatorOptimizer: Optimizer
  let generatorBuffers: BufferSlab
  let discriminatorBuffers: BufferSlab

  /// Networks initialized from `seed`, to be trained for `steps`.
  public init(
    _ configuration: DCGANConfiguration, loss: AdversarialLoss = .nonSaturating,
    optimizer: OptimizerOptions = OptimizerOptions(learningRate: 2e-4, beta1: 0.5, beta2: 0.999),
    emaDecay: Double = 0.999, steps: Int = .max, seed: UInt64 = 0
  ) {
    self.configuration = configuration
    self.loss = loss
    generator = Generator(configuration)
    discriminator = Discriminator(configuration)
    generator.initialize(seed: seed)
    discriminator.initialize(seed: seed)
    generatorOptimizer = Optimizer(of: generator, optimizer, steps: steps)
    discriminatorOptimizer = Optimizer(of: discriminator, optimizer, steps: steps)
    generatorBuffers = BufferSlab(generator)
    discriminatorBuffers = BufferSlab(discriminator)
    average = MovingAverage(
      of: generatorOptimizer.slab, generatorBuffers, in: Generator(configuration),
      decay: emaDecay)
  }

  /// How many parameters both networks have.
  public var parameterCount: Int {
    generatorOptimizer.slab.parameterCount + discriminatorOptimizer.slab.parameterCount
  }

  /// What a step reports.
  public struct Losses: Sendable {
    /// The discriminator's loss.
    public let discriminator: Float
    /// The generator's loss.
    public let generator: Float
    /// The mean probability that an image of the data is called real: the logits' sigmoid.
    public let realScore: Float
    /// The same of a drawn image, before the discriminator learns.
    public let fakeScore: Float
    /// The norm of the discriminator's gradients.
    public let discriminatorNorm: Double
    /// The norm of the generator's gradients.
    public let generatorNorm: Double
  }

  /// One training step: the discriminator learns from the batch and from drawn images, then the
  /// generator from the discriminator's new judgment of the same images.
  ///
  /// - Parameters:
  ///   - real: Images [N, size, size, imageChannels] in -1...1.
  ///   - latents: Normal numbers [N, 1, 1, latentSize].
  ///   - mode: Training, with the step's number.
  /// - Throws: `NumericalFault`; the network that was to learn is as it was.
  public func step(real: Values, latents: Values, mode: Mode) throws -> Losses {
    try withMode(mode) {
      let tape = Tape(watching: generatorOptimizer.slab)
      let fakes = tape.record { generator(Tensor(constant: latents)) }
      let judgment = try discriminate(real, fakes.values)
      let drawing = try deceive(fakes, on: tape, latents)
      return Losses(
        discriminator: judgment.loss, generator: drawing.loss, realScore: judgment.realScore,
        fakeScore: judgment.fakeScore, discriminatorNorm: judgment.norm,
        generatorNorm: drawing.norm)
    }
  }

  /// The discriminator's step.
  private func discriminate(
    _ real: Values, _ fakes: Values
  ) throws -> (loss: Float, norm: Double, realScore: Float, fakeScore: Float) {
    // One part of the loss after the other, so that the activations of one are there at a time.
    func gradients() -> (loss: Float, realScore: Float, fakeScore: Float) {
      var scores: (real: Float, fake: Float) = (0, 0)
      let slab = discriminatorOptimizer.slab
      let (realLoss, _) = valueAndGradients(of: slab) {
        let logits = discriminator(Tensor(constant: real))
        scores.real = Self.meanSigmoid(logits)
        return loss.discriminator(real: logits)
      }
      let (fakeLoss, _) = valueAndGradients(of: slab, accumulating: true) {
        let logits = discriminator(Tensor(constant: fakes))
        scores.fake = Self.meanSigmoid(logits)
        return loss.discriminator(fake: logits)
      }
      return (realLoss + fakeLoss, scores.real, scores.fake)
    }
    let result = gradients()
    do {
      let norm = try discriminatorOptimizer.step(after: result.loss).norm
      return (result.loss, norm, result.realScore, result.fakeScore)
    } catch { throw error.traced { _ = gradients() } }
  }

  /// The generator's step, of whose images `fakes` the way is on the tape.
  private func deceive(
    _ fakes: Tensor, on tape: Tape, _ latents: Values
  ) throws -> (loss: Float, norm: Double) {
    func gradients(_ fakes: Tensor, _ tape: Tape) -> Float {
      let result = tape.record { loss.generator(fake: discriminator(fakes)) }
      _ = tape.gradients(of: result)
      return result.item
    }
    let value = gradients(fakes, tape)
    let step = generatorOptimizer.stepsDone + 1
    do {
      let report = try generatorOptimizer.step(
        after: value, average: average.parameters.values, emaDecay: average.decay(atStep: step))
      if !report.isSkipped { average.updateBuffers(atStep: step) }
      return (value, report.norm)
    } catch {
      throw error.traced {
        let tape = Tape(watching: generatorOptimizer.slab)
        _ = gradients(tape.record { generator(Tensor(constant: latents)) }, tape)
      }
    }
  }

  /// Images [N, size, size, imageChannels] in -1...1 that the average draws from latent vectors
  /// [N, 1, 1, latentSize].
  public func draw(_ latents: Values) -> Values {
    average.model(Tensor(constant: latents)).values
  }

  private static func meanSigmoid(_ logits: Tensor) -> Float {
    sigmoid(logits).values.elements.reduce(0, +) / Float(logits.count)
  }
}

extension GAN {
  /// The generator's parameters and buffers.
  var generatorArrays: SlabArrays {
    SlabArrays(generatorOptimizer.slab) + SlabArrays(generatorBuffers)
  }

  /// The discriminator's parameters and buffers.
  var discriminatorArrays: SlabArrays {
    SlabArrays(discriminatorOptimizer.slab) + SlabArrays(discriminatorBuffers)
  }

  /// The parameters and buffers of the generator's average.
  var averageArrays: SlabArrays { SlabArrays(average.parameters) + SlabArrays(average.buffers) }
}
