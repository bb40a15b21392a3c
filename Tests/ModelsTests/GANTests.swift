import Compute
import Layers
import Models
import Runs
import Testing
import Training

/// A small GAN on random images.
@Suite struct GANTests {
  private static func steps(
    _ gan: GAN, _ steps: Range<Int>, _ body: (GAN.Losses) -> Void = { _ in }
  ) throws {
    let noise = RandomStream(seed: 1, purpose: .noise)
    let size = gan.configuration.size
    for step in steps {
      let real = noise.uniforms(
        [4, size, size, gan.configuration.imageChannels], firstSample: 100, step: step)
      let latents = noise.normals([4, 1, 1, gan.configuration.latentSize], step: step)
      body(try gan.step(real: real, latents: latents, mode: .training(seed: 1, step: step)))
    }
  }

  /// Runs in a process of its own, since the pool belongs to the whole program.
  @Test func aWarmStepTakesNothingNewFromThePool() async {
    await #expect(processExitsWith: .success) {
      for loss in AdversarialLoss.allCases {
        for weight in [0, 1.0] {
          var configuration = DCGANConfiguration(imageChannels: 3, latentSize: 8, channels: 4)
          configuration.discriminatorNorm = weight > 0 ? .none : .batch
          var penalty = GradientPenalty()
          (penalty.r1, penalty.r2) = (weight, weight)
          var allocations: [Int] = []
          try GANTests.steps(GAN(configuration, loss: loss, penalty: penalty), 0..<6) { losses in
            precondition(losses.discriminator.isFinite && losses.generator.isFinite)
            allocations.append(StoragePool.shared.allocations)
          }
          precondition(Set(allocations[2...]).count == 1, "blocks by step: \(allocations)")
        }
      }
    }
  }

  /// The sizes of PyTorch's DCGAN example, which `gen bench` is compared with.
  @Test func theNetworksHaveTheParametersOfTheExample() {
    #expect(GAN(DCGANConfiguration(size: 32, imageChannels: 1)).parameterCount == 1_728_128)
    #expect(GAN(DCGANConfiguration(size: 64, imageChannels: 3)).parameterCount == 6_342_272)
  }

  /// A generator's loss that has no lower bound may be of any size without the training having diverged.
  @Test(arguments: AdversarialLoss.allCases)
  func whatTellsOfADivergence(loss: AdversarialLoss) throws {
    var recipe = GANRecipe()
    (recipe.loss, recipe.batch) = (loss, 2)
    (recipe.model.channels, recipe.model.latentSize) = (4, 8)
    recipe.data.source = "shapes"
    let data = try recipe.openData(skipBroken: false)
    let losses = [Measurement("loss_discriminator", 0.5), Measurement("loss_generator", -400)]
    let overall = recipe.trainer(data).overallLoss(losses)
    #expect(overall == (loss == .hinge ? 0.5 : -399.5))
  }

  @Test func theAverageFollowsTheGenerator() throws {
    let gan = GAN(DCGANConfiguration(latentSize: 8, channels: 4), emaDecay: 0.5)
    func difference() -> Float {
      zip(gan.generator.average.model.parameters, gan.generator.model.parameters).map {
        average, latest in
        zip(average.value.values.elements, latest.value.values.elements)
          .reduce(0) { max($0, abs($1.0 - $1.1)) }
      }.max() ?? 0
    }
    #expect(difference() == 0)
    try Self.steps(gan, 0..<3)
    // Adam moves a parameter by about its rate a step.
    #expect(difference() > 0 && difference() < 3 * 2e-4)
  }
}
