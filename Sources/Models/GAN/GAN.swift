import Autograd
import Compute
import Layers
import Training

/// Both networks of a GAN with their optimizers, and the moving average of the generator.
public final class GAN<G: GeneratorNetwork, D: DiscriminatorNetwork> {
  /// What both minimize.
  public let loss: AdversarialLoss
  /// What the discriminator is penalized by from the next step on; a training may change it as it goes.
  public var penalty: GradientPenalty
  /// How many images of one kind the discriminator sees at a time, as the channels of one: Lin et al., "PacGAN: The
  /// Power of Two Samples in Generative Adversarial Networks" (2018).
  public let packing: Int
  /// The half that generates, with its optimizer, and its moving average, which is what is sampled from.
  public let generator: Learner<G>
  /// The half that tells generated images from those of the data, with its optimizer.
  public let discriminator: OptimizedNetwork<D>

  /// Networks initialized from `seed`, to be trained for `steps`.
  ///
  /// - Parameters:
  ///   - discriminatorOptimizer: The discriminator's; nil for the same as the generator's.
  ///   - packing: How many images the discriminator sees side by side in the last dimension.
  ///   - discriminatorSteps: How often the discriminator learns in a step, the generator learning once.
  public init(
    loss: AdversarialLoss = .nonSaturating, penalty: GradientPenalty = GradientPenalty(),
    packing: Int = 1,
    optimizer: OptimizerOptions = OptimizerOptions(learningRate: 2e-4, beta1: 0.5, beta2: 0.999),
    discriminatorOptimizer: OptimizerOptions? = nil, discriminatorSteps: Int = 1,
    emaDecay: Double = 0.999, steps: Int = .max, seed: UInt64 = 0,
    generator: () -> G, discriminator: () -> D
  ) {
    self.loss = loss
    self.penalty = penalty
    self.packing = packing
    self.generator = Learner(
      optimizer, emaDecay: emaDecay, steps: steps, seed: seed, make: generator)
    self.discriminator = OptimizedNetwork(
      discriminator(), discriminatorOptimizer ?? optimizer, steps: steps,
      updatesPerStep: discriminatorSteps, seed: seed)
  }

  /// How many parameters both networks have.
  public var parameterCount: Int {
    generator.parameterCount + discriminator.optimizer.slab.parameterCount
  }

  /// One training step: the discriminator learns from the batch and from generated images, then the
  /// generator from the discriminator's new logits for the same images.
  ///
  /// - Parameters:
  ///   - real: Images of the data, [N, ...], in -1...1 if the generator's are.
  ///   - latents: Latent vectors [N, ...], one for each image.
  ///   - classes: Those of the images, which are those of the generated ones, too; nil without classes.
  ///   - distortions: How each image of the data and each generated one is shown to the discriminator; nil
  ///     for as it is.
  ///   - mode: Training, with the step's number.
  /// - Throws: `NumericalFault`; the network that was to learn is as it was.
  public func step(
    real: Values, latents: Values, classes: [Int32]? = nil,
    distortions: (real: [ImageDistortion], fake: [ImageDistortion])? = nil, mode: Mode
  ) throws -> GANLosses {
    try step(
      [GANBatch(real: real, latents: latents, classes: classes, distortions: distortions)],
      mode: mode)
  }

  /// One training step: the discriminator learns from each batch and from images generated beside it, then
  /// the generator from the discriminator's new logits for the last of them.
  ///
  /// - Parameters:
  ///   - batches: One for each of the discriminator's steps.
  ///   - mode: Training, with the step's number.
  /// - Returns: The losses of the generator's and of the discriminator's last step.
  /// - Throws: `NumericalFault`; the network that was to learn is as it was.
  public func step(_ batches: [GANBatch], mode: Mode) throws -> GANLosses {
    precondition(
      batches.count == discriminator.optimizer.updatesPerStep,
      "\(batches.count) batches for \(discriminator.optimizer.updatesPerStep) discriminator steps")
    precondition(
      packing == 1 || batches.allSatisfy { $0.classes == nil },
      "classes of \(packing) images at once")
    let last = batches[batches.count - 1]
    let isPenalized = penalty.isDue(atStep: generator.stepsDone)
    return try withMode(mode) {
      for batch in batches.dropLast() {
        let fakes = shown(generate(batch), batch.distortions?.fake).values
        _ = try updateDiscriminator(seen(batch), fakes, isPenalized)
      }
      let batch = seen(last)
      let tape = Tape(watching: generator.slab)
      var variety: Double?
      let fakes = tape.record {
        let images = generate(batch)
        variety = Self.variety(of: images.values, beside: last.real, batch.classes)
        return shown(images, batch.distortions?.fake)
      }
      let first = try updateDiscriminator(batch, fakes.values, isPenalized)
      let second = try updateGenerator(batch, fakes, on: tape)
      return GANLosses(
        discriminator: first.loss, penalty: first.scores.penalty, generator: second.loss,
        realScore: first.scores.real, fakeScore: first.scores.fake, discriminatorNorm: first.norm,
        generatorNorm: second.norm, variety: variety)
    }
  }

  func generate(_ batch: GANBatch) -> Tensor {
    generator.model(Tensor(constant: batch.latents), classes: batch.classes)
  }

  /// Images as the discriminator sees them.
  private func shown(_ images: Tensor, _ distortions: [ImageDistortion]?) -> Tensor {
    packed(distortions.map { distort(images, by: $0) } ?? images)
  }

  /// Images side by side, so many as the discriminator sees at a time.
  func packed(_ images: Tensor) -> Tensor {
    guard packing > 1 else { return images }
    let packs = images.shape[0] / packing
    precondition(packs * packing == images.shape[0], "\(images.shape) in packs of \(packing)")
    return concatenate(
      (0..<packing).map { slice(images, axis: 0, $0 * packs..<($0 + 1) * packs) })
  }

  /// A batch with the images of the data as the discriminator sees them.
  private func seen(_ batch: GANBatch) -> GANBatch {
    var batch = batch
    batch.real = shown(Tensor(constant: batch.real), batch.distortions?.real).values
    return batch
  }

  /// How much the generated images of a batch differ beside those of the data: the mean squared distance of
  /// images of one class, as a multiple of the data's; nil for a batch that has no two of a class.
  static func variety(of images: Values, beside real: Values, _ classes: [Int32]?) -> Double? {
    let size = real.count / max(1, real.shape[0])
    var last: [Int32: Int] = [:]
    var (generated, expected) = (0.0, 0.0)
    for image in 0..<real.shape[0] {
      guard let other = last.updateValue(image, forKey: classes?[image] ?? 0) else { continue }
      func distance(_ values: Values) -> Double {
        Reductions.meanSquaredError(
          values.pointer + image * size, values.pointer + other * size, count: size)
      }
      generated += distance(images)
      expected += distance(real)
    }
    return expected > 0 ? generated / expected : nil
  }

  func judge(_ images: Tensor, _ batch: GANBatch) -> Tensor {
    discriminator.model(images, classes: batch.classes)
  }

  /// What a discriminator's step tells beside its loss.
  private struct Scores {
    var (real, fake): (Float, Float) = (0, 0)
    var penalty: Float?
  }

  /// The discriminator's step.
  private func updateDiscriminator(
    _ batch: GANBatch, _ fakes: Values, _ isPenalized: Bool
  ) throws -> (loss: Float, norm: Double, scores: Scores) {
    let slab = discriminator.optimizer.slab
    discriminator.model.prepareForUpdate()
    func gradients() -> (loss: Float, scores: Scores) {
      var scores = Scores()
      if loss.isPaired || isPenalized {
        let images = [(batch.real, penalty.r1), (fakes, penalty.r2)].map { values, weight in
          (values, isPenalized && weight > 0 ? slopes(values, batch) : nil, weight)
        }
        let points = isPenalized && penalty.wganGP > 0 ? interpolates(batch, fakes) : nil
        let (value, _) = valueAndGradients(of: slab) {
          let judged = images.map { values, slopes, weight in
            penalizedLogits(values, slopes, weight * Double(penalty.every), batch)
          }
          let (real, fake) = (judged[0], judged[1])
          (scores.real, scores.fake) = (
            Self.meanSigmoid(real.logits), Self.meanSigmoid(fake.logits)
          )
          let penalties = [real.penalty, fake.penalty, points.map { lengthPenalty($0, batch) }]
            .compactMap { $0 }
          if isPenalized { scores.penalty = penalties.reduce(0) { $0 + $1.item } }
          return penalties.reduce(
            loss.discriminator(real: real.logits, fake: fake.logits), +)
        }
        return (value, scores)
      }
      // One part of the loss after the other, so that the activations of one are there at a time.
      let (realLoss, _) = valueAndGradients(of: slab) {
        let logits = judge(Tensor(constant: batch.real), batch)
        scores.real = Self.meanSigmoid(logits)
        return loss.discriminator(real: logits)
      }
      let (fakeLoss, _) = valueAndGradients(of: slab, accumulating: true) {
        let logits = judge(Tensor(constant: fakes), batch)
        scores.fake = Self.meanSigmoid(logits)
        return loss.discriminator(fake: logits)
      }
      return (realLoss + fakeLoss, scores)
    }
    let result = gradients()
    do {
      let norm = try discriminator.optimizer.step(
        after: result.loss, isPenalized: isPenalized && penalty.every > 1
      ).norm
      return (result.loss, norm, result.scores)
    } catch { throw error.traced { _ = gradients() } }
  }

  /// The generator's step, of whose images `fakes` the way is on the tape.
  private func updateGenerator(
    _ batch: GANBatch, _ fakes: Tensor, on tape: Tape
  ) throws -> (loss: Float, norm: Double) {
    func gradients(_ fakes: Tensor, _ tape: Tape) -> Float {
      let result = tape.record {
        loss.generator(fake: judge(fakes, batch), real: judge(Tensor(constant: batch.real), batch))
      }
      _ = tape.gradients(of: result)
      return result.item
    }
    let value = gradients(fakes, tape)
    do {
      return (value, try generator.update(after: value).norm)
    } catch {
      throw error.traced {
        let tape = Tape(watching: generator.slab)
        _ = gradients(tape.record { shown(generate(batch), batch.distortions?.fake) }, tape)
      }
    }
  }

  /// What the average makes of latent vectors [N, ...] and, where it knows any, classes.
  public func sample(_ latents: Values, classes: [Int32]? = nil) -> Values {
    generator.average.model(Tensor(constant: latents), classes: classes).values
  }

  private static func meanSigmoid(_ logits: Tensor) -> Float {
    sigmoid(logits).values.elements.reduce(0, +) / Float(logits.count)
  }
}
