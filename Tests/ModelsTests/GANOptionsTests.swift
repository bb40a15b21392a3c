import Compute
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Models
@testable import Runs
@testable import Training

/// What recipes of GANs may ask for beside the DCGAN's own.
@Suite struct GANOptionsTests {
  /// A small GAN with all that can be asked for at once.
  private static var recipe: GANRecipe {
    var recipe = GANRecipe()
    recipe.data.source = "shapes"
    (recipe.model.channels, recipe.model.latentSize, recipe.batch) = (2, 4, 4)
    (recipe.loop.steps, recipe.optimizer.schedule.kind) = (6, .cosine)
    (recipe.loss, recipe.penalty.wganGP, recipe.penalty.every) = (.wasserstein, 10, 2)
    (recipe.model.discriminatorNorm, recipe.model.packing) = (.spectral, 2)
    (recipe.discriminatorLearningRate, recipe.discriminatorSteps) = (4e-3, 2)
    recipe.augmentation = DiffAugment.allCases
    return recipe
  }

  @Test func aResumedTrainingIsTheSame() throws {
    var recipe = Self.recipe
    let data = try recipe.openData(skipBroken: false)
    let folder = TemporaryFolder()
    func checkpoint(_ trainer: GANTrainer) throws -> Checkpoint {
      try CheckpointStore(Place(folder(UUID().uuidString))).write(
        step: trainer.stepsDone, files: trainer.checkpointFiles(), state: ["seed": 0])
    }
    let (whole, first) = (recipe.trainer(data), recipe.trainer(data))
    let steps = try (0..<4).map { _ in try whole.step() }
    for _ in 0..<3 { _ = try first.step() }
    let second = recipe.trainer(data)
    try second.restore(checkpoint(first))
    #expect(try second.step().map(\.value) == steps[3].map(\.value))
    #expect(second.optimizers[1].stepsDone == 8)
    let (a, b) = (try checkpoint(whole), try checkpoint(second))
    for name in ["model", "ema", "optimizer"] {
      let bytes = try [a, b].map {
        try Data(contentsOf: URL(filePath: $0.file("\(name).safetensors")))
      }
      #expect(bytes[0] == bytes[1], "\(name)")
    }
    let vectors = try a.tensors("model.safetensors").entries.map(\.name)
    #expect(vectors.contains("discriminator.down.1.conv.spectral_norm.v"))
  }

  /// Both rates fall alike, within a step not at all; all images of the data count.
  @Test func whatAStepOfSeveralUpdatesReports() throws {
    var recipe = Self.recipe
    let data = try recipe.openData(skipBroken: false)
    let trainer = recipe.trainer(data)
    #expect(trainer.itemsPerStep == 8)
    for step in 1...3 {
      let measurements = try trainer.step()
      func value(_ name: String) -> Double? { measurements.first { $0.name == name }?.value }
      let rate = recipe.optimizer.schedule.rate(2e-4, atStep: step, of: StepPlan(steps: 6))
      #expect(value("learning_rate") == rate)
      #expect(abs((value("learning_rate_discriminator") ?? 0) / rate - 20) < 1e-9)
      #expect((value("gradient_penalty") != nil) == (step % 2 == 1))
      #expect(trainer.overallLoss(measurements) == nil)
    }
  }

  private static let refusals: [(key: String, change: @Sendable (inout GANRecipe) -> Void)] = [
    ("loss", { ($0.penalty.wganGP, $0.model.discriminatorNorm) = (0, .none) }),
    ("loss", { ($0.penalty.wganGP, $0.model.discriminatorNorm) = (0, .batch) }),
    ("penalty.wgan_gp", { $0.model.discriminatorNorm = .batch }),
    ("batch", { $0.model.packing = 3 }),
    ("model.discriminator_norm", { $0.model.blocks = .residual }),
  ]

  @Test(arguments: refusals.indices) func whatDoesNotGoTogether(index: Int) throws {
    var recipe = Self.recipe
    try recipe.check()
    Self.refusals[index].change(&recipe)
    let problem = #expect(throws: RecipeProblem.self) { try recipe.check() }
    #expect(problem?.key == Self.refusals[index].key)
  }

  /// What is packed is not of one class.
  @Test(arguments: [nil, true]) func aModelOfClassesIsNotPacked(isConditional: Bool?) throws {
    var recipe = Self.recipe
    recipe.model.isConditional = isConditional
    let problem = #expect(throws: RecipeProblem.self) {
      try recipe.openData(skipBroken: false)
    }
    #expect(problem?.key == "model.packing")
  }
}
