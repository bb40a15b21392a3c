import Foundation
import Testing

@testable import Models
@testable import Runs

/// What a recipe of a diffusion refuses, and by which key.
@Suite struct DiffusionRecipeTests {
  private static let wrong: [(key: String, change: @Sendable (inout DiffusionRecipe) -> Void)] = [
    ("model.sample_size", { $0.model.sampleSize = 9 }),
    ("model.up_block_types", { $0.model.upBlocks.removeLast() }),
    ("model.norm_num_groups", { $0.model.normNumGroups = 7 }),
    ("optimizer.min_learning_rate", { $0.optimizer.schedule.minLearningRate = 0.5 }),
    ("schedule.beta_end", { $0.schedule.betaStart = 0.5 }),
    ("schedule.zero_snr", { $0.schedule.hasZeroSNR = true }),
    (
      "loss.min_snr_gamma",
      {
        $0.objective = .flow
        $0.minSNRGamma = 5
      }
    ),
    ("sample.steps", { $0.preview.steps = 2000 }),
    ("sample.sampler", { $0.preview.sampler = .euler }),
    (
      "sample.sampler",
      {
        $0.objective = .flow
        $0.preview.sampler = .ddim
      }
    ),
    ("sample.guidance", { $0.preview.guidance = 2 }),
    (
      "loss.kind",
      {
        $0.objective = .flow
        $0.lossKind = .consistency
      }
    ),
    (
      "loss.min_snr_gamma",
      {
        $0.lossKind = .consistency
        $0.minSNRGamma = 5
      }
    ),
    (
      "sample.guidance",
      {
        $0.preview.guidance = 2
        $0.isConditional = true
        $0.classDropout = 0
      }
    ),
  ]

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    try DiffusionRecipe().check()
    try DiffusionRecipe.small.check()
    for (key, change) in Self.wrong {
      var recipe = DiffusionRecipe.small
      recipe.isConditional = false
      change(&recipe)
      let problem = #expect(throws: RecipeProblem.self) { try recipe.check() }
      #expect(problem?.key == key)
    }
  }

  @Test(arguments: ["diffusion", "diffusion-large", "diffusion-photos", "consistency"])
  func theRecipesThatAreBroughtAlong(name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../recipes").standardized.path
    let recipe = try RecipeDocument(path: "\(folder)/\(name).yaml").recipe(
      as: DiffusionRecipe.self)
    let again = try RecipeDocument(text: recipe.yaml, source: "resolved")
      .recipe(as: DiffusionRecipe.self)
    #expect(again.changes(in: recipe).isEmpty)
    // Checkpoints are of steps that are evaluated, so that one of them is the best.
    if let every = recipe.loop.evaluateEvery {
      #expect(recipe.loop.checkpointEvery % every == 0)
    }
  }
}
