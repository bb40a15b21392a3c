import Autograd
import Compute
import Images
import Layers
import Runs
import TestSupport
import Testing
import Training

@testable import Models

/// A small GAN on random images.
@Suite struct GANTests {
  private static func steps(
    _ gan: DCGAN, _ configuration: DCGANConfiguration, _ steps: Range<Int>,
    ways: [DiffAugment] = [], _ body: (GANLosses) -> Void = { _ in }
  ) throws {
    let noise = RandomStream(seed: 1, purpose: .noise)
    let size = configuration.size
    for step in steps {
      let real = noise.uniforms(
        [4, size, size, configuration.imageChannels], firstSample: 100, step: step)
      let latents = noise.normals([4, 1, 1, configuration.latentSize], step: step)
      let distortions = DiffAugment.distortions(
        ways, count: 8, size: size, seed: 1, step: step)
      let batch = GANBatch(
        real: real, latents: latents,
        distortions: (Array(distortions[..<4]), Array(distortions[4...])),
        interpolation: Array(repeating: 0.25, count: 4 / configuration.packing))
      body(try gan.step([batch], mode: .training(seed: 1, step: step)))
    }
  }

  /// Runs in a process of its own, since the pool belongs to the whole program.
  @Test func aWarmStepTakesNothingNewFromThePool() async {
    await #expect(processExitsWith: .success) {
      for loss in AdversarialLoss.allCases {
        for weight in [0, 1.0] {
          var configuration = DCGANConfiguration(imageChannels: 3, latentSize: 8, channels: 4)
          configuration.discriminatorNorm = weight > 0 ? .spectral : .batch
          configuration.packing = weight > 0 ? 2 : 1
          var penalty = GradientPenalty()
          (penalty.r1, penalty.r2, penalty.wganGP) = (weight, weight, weight)
          var allocations: [Int] = []
          let gan = DCGAN(configuration, loss: loss, penalty: penalty)
          let ways = weight > 0 ? DiffAugment.allCases : []
          try GANTests.steps(gan, configuration, 0..<6, ways: ways) { losses in
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
    #expect(DCGAN(DCGANConfiguration(size: 32, imageChannels: 1)).parameterCount == 1_728_128)
    #expect(DCGAN(DCGANConfiguration(size: 64, imageChannels: 3)).parameterCount == 6_342_272)
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
    #expect(overall == (loss == .wasserstein ? nil : loss == .hinge ? 0.5 : -399.5))
  }

  /// An image's distortion depends on the seed, the step and its number alone, within the paper's ranges; one way
  /// more leaves the others as they are.
  @Test func whatTheDiscriminatorSees() {
    func drawn(_ ways: [DiffAugment], _ numbers: Range<Int> = 0..<500) -> [ImageDistortion] {
      DiffAugment.distortions(
        ways, count: numbers.count, first: numbers.lowerBound, size: 32, seed: 7, step: 3)
    }
    let all = drawn([.color, .translation, .cutout])
    #expect(drawn(DiffAugment.allCases, 100..<120) == Array(all[100..<120]))
    #expect(drawn([]).allSatisfy { $0 == ImageDistortion() })
    for (one, whole) in zip(drawn([.translation]), all) {
      var expected = ImageDistortion()
      (expected.right, expected.down) = (whole.right, whole.down)
      #expect(one == expected)
    }
    func range(_ values: [Float]) -> ClosedRange<Float> {
      (values.min() ?? 0)...(values.max() ?? 0)
    }
    for (found, limits) in [
      (range(all.map(\.brightness)), -0.5...0.5), (range(all.map(\.saturation)), 0...2),
      (range(all.map(\.contrast)), 0.5...1.5), (range(all.map { Float($0.right) }), -4...4),
      (range(all.map { Float($0.down) }), -4...4),
      (range(all.map { Float($0.cutRows.lowerBound) }), -8...23),
    ] as [(ClosedRange<Float>, ClosedRange<Float>)] {
      let width = limits.upperBound - limits.lowerBound
      #expect(limits.contains(found.lowerBound) && limits.contains(found.upperBound))
      #expect(found.upperBound - found.lowerBound > 0.9 * width)
    }
    #expect(all.allSatisfy { $0.cutRows.count == 16 && $0.cutColumns.count == 16 })
  }

  /// What a penalty adds to the loss is told apart from it.
  @Test func everySecondStepHasAPenalty() throws {
    var configuration = DCGANConfiguration(latentSize: 8, channels: 4)
    configuration.discriminatorNorm = .none
    var penalty = GradientPenalty()
    (penalty.r1, penalty.r2, penalty.every) = (1, 1, 2)
    let gan = DCGAN(configuration, loss: .relativistic, penalty: penalty)
    var told: [Float?] = []
    try Self.steps(gan, configuration, 0..<4) { losses in
      told.append(losses.penalty)
      #expect(losses.discriminator > losses.penalty ?? 0)
    }
    #expect(told.map { ($0 ?? 0) > 0 } == [true, false, true, false])
    #expect(told[1] == nil && told[3] == nil)
  }

  /// Of two classes: images of one class differ by 2, generated ones by 1, and by none within the other.
  @Test func howMuchGeneratedImagesDiffer() throws {
    func images(_ values: [Float]) -> Values { Values([4, 1, 1, 1], values) }
    let (real, classes) = (images([0, 5, 2, 5]), [Int32]([0, 1, 0, 1]))
    func variety(_ values: [Float], _ classes: [Int32]?) -> Double? {
      DCGAN.variety(of: images(values), beside: real, classes)
    }
    #expect(variety([7, 9, 8, 9], classes) == 0.25)
    #expect(variety([0, 5, 2, 5], classes) == 1)
    #expect(variety([3, 3, 3, 3], nil) == 0)
    #expect(variety([0, 1, 2, 3], [0, 1, 2, 3]) == nil)
  }

  /// Held-out images that are judged as those learned from, as generated ones, and by who cannot tell.
  @Test func howFarTheDiscriminatorOverfits() throws {
    var configuration = DCGANConfiguration(latentSize: 8, channels: 4)
    configuration.discriminatorNorm = .none
    let gan = DCGAN(configuration, loss: .relativistic)
    let latents = RandomStream(seed: 1, purpose: .noise).normals([4, 1, 1, 8])
    let real = RandomStream(seed: 2, purpose: .noise).normals([4, 32, 32, 1])
    for step in 0..<10 {
      _ = try gan.step(real: real, latents: latents, mode: .training(seed: 0, step: step))
    }
    let generated = gan.generator.model(Tensor(constant: latents), classes: nil).values
    func overfitting(of learned: Values, _ heldOut: Values) -> Double? {
      gan.overfitting(
        on: GANBatch(real: learned, latents: latents), heldOut: heldOut, classes: nil)
    }
    #expect(overfitting(of: real, real) == 0)
    #expect(overfitting(of: real, generated) == 1)
    #expect(overfitting(of: generated, real) == nil)
  }

  /// DiffAugment and strong penalties are for few images unless the recipe says.
  @Test func fewImagesAreDistortedAndPenalized() throws {
    var recipe = GANRecipe()
    recipe.data.source = "shapes"
    for (wanted, expected) in [(nil, []), ([.cutout], [.cutout])]
      as [([DiffAugment]?, [DiffAugment])]
    {
      recipe.augmentation = wanted
      recipe.r1 = nil
      _ = try recipe.openData(skipBroken: false)
      #expect(recipe.augmentation == expected && recipe.r1 == 1)
    }
    let folder = TemporaryFolder()
    for number in 0..<4 {
      let pixels = Array(repeating: UInt8(60 * number), count: 32 * 32)
      try Image(width: 32, height: 32, channels: 1, pixels: pixels).write(
        to: folder("\(number).png"))
    }
    (recipe.augmentation, recipe.data.source) = (nil, folder.path)
    (recipe.r1, recipe.r2) = (nil, 2)
    #expect(recipe.r1 == nil && recipe.penalty.r1 == 1)
    _ = try recipe.openData(skipBroken: false)
    #expect(recipe.augmentation == [.color, .translation, .cutout])
    #expect(recipe.r1 == 10 && recipe.penalty.r1 == 10 && recipe.penalty.r2 == 2)
    withExtendedLifetime(folder) {}
  }

  @Test func theAverageFollowsTheGenerator() throws {
    let configuration = DCGANConfiguration(latentSize: 8, channels: 4)
    let gan = DCGAN(configuration, emaDecay: 0.5)
    func difference() -> Float {
      zip(gan.generator.average.model.parameters, gan.generator.model.parameters).map {
        average, latest in
        zip(average.value.values.elements, latest.value.values.elements)
          .reduce(0) { max($0, abs($1.0 - $1.1)) }
      }.max() ?? 0
    }
    #expect(difference() == 0)
    try Self.steps(gan, configuration, 0..<3)
    // Adam moves a parameter by about its rate a step.
    #expect(difference() > 0 && difference() < 3 * 2e-4)
  }

  /// A training may change the penalty as it goes: what counts is what it is at a step.
  @Test func aPenaltyHoldsFromTheNextStepOn() throws {
    var configuration = DCGANConfiguration(latentSize: 8, channels: 4)
    configuration.discriminatorNorm = .none
    func losses(_ weights: [Double]) throws -> [Float?] {
      let gan = DCGAN(configuration, loss: .relativistic)
      var penalties: [Float?] = []
      for (step, weight) in weights.enumerated() {
        (gan.penalty.r1, gan.penalty.r2) = (weight, weight)
        try Self.steps(gan, configuration, step..<step + 1) { penalties.append($0.penalty) }
      }
      return penalties
    }
    let (steady, falling) = (try losses([1, 1, 1]), try losses([1, 0.25, 0]))
    let (whole, quarter) = (try #require(steady[1]), try #require(falling[1]))
    #expect(falling[0] == steady[0] && falling[2] == nil)
    #expect(abs(quarter - whole / 4) < 1e-5 * whole)
  }
}
