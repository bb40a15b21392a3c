import Autograd
import Compute
import Layers
import Testing

@testable import Models
@testable import Runs

/// When a denoiser is guided, and by what.
struct DenoiserTests {
  private static func unet(seed: UInt64, classes: Int? = 3) -> UNet {
    let unet = UNet(
      UNetTests.tiny {
        $0.classCount = classes
        ($0.inChannels, $0.outChannels) = (1, 1)
      })
    unet.initialize(seed: seed)
    return unet
  }

  private static let noisy = RandomStream(seed: 1, purpose: .noise).normals([2, 4, 4, 1])
  private static let classes: [Int32] = [0, 1]

  private static func answer(of unet: UNet, _ time: Float, _ classes: [Int32]?) -> [Float] {
    Denoiser(unet, classes: classes)(noisy, time).elements
  }

  /// From what is worse, three times the way to what is better.
  private static func guided(_ better: [Float], _ worse: [Float]) -> [Float] {
    zip(better, worse).map { 3 * $0 - 2 * $1 }
  }

  private static func expectNear(_ ours: [Float], _ theirs: [Float]) {
    #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: [DiffusionObjective.Kind.diffusion, .flow])
  func theIntervalIsInSigma(_ kind: DiffusionObjective.Kind) {
    let objective = DiffusionObjective(kind, schedule: NoiseSchedule(.cosine), target: .velocity)
    let unet = Self.unet(seed: 1)
    let denoiser = Denoiser(unet, classes: Self.classes).guided(
      by: .withoutClass(2), Guidance(scale: 3, interval: 0.5...2), of: objective)
    for time: Float in [50, 200, 400, 500, 600, 700, 950] {
      let level = objective.noiseLevel(time)
      let plain = Self.answer(of: unet, time, Self.classes)
      let ours = denoiser(Self.noisy, time).elements
      if (0.5...2).contains(level.noise / level.signal) {
        Self.expectNear(ours, Self.guided(plain, Self.answer(of: unet, time, [2, 2])))
        #expect(ours != plain)
      } else {
        #expect(ours == plain)
      }
    }
  }

  @Test func aWeakerModelGuides() {
    let objective = DiffusionObjective(schedule: NoiseSchedule())
    for known in [3, nil] {
      let (unet, weaker) = (Self.unet(seed: 1), Self.unet(seed: 2, classes: known))
      let denoiser = Denoiser(unet, classes: Self.classes).guided(
        by: .weaker(weaker), Guidance(scale: 3), of: objective)
      let worse = Self.answer(of: weaker, 300, known == nil ? nil : Self.classes)
      Self.expectNear(
        denoiser(Self.noisy, 300).elements,
        Self.guided(Self.answer(of: unet, 300, Self.classes), worse))
    }
  }

  @Test func aRecipeGuidesWhereItCan() {
    var recipe = DiffusionRecipe.small
    recipe.isConditional = false
    #expect(recipe.guidance == .none)
    (recipe.isConditional, recipe.classRows) = (true, 4)
    #expect(recipe.guidance == Guidance(scale: DiffusionRecipe.usualGuidance))
    recipe.preview.guidanceInterval = [0.2, 2]
    #expect(recipe.guidance.interval == 0.2...2)
    recipe.preview.guidance = 1
    #expect(recipe.guidance.scale == 1)
    recipe.preview.guidance = nil
    recipe.classDropout = 0
    #expect(recipe.guidance.scale == 1)
  }
}
