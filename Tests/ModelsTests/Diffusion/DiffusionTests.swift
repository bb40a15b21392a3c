import Compute
import Datasets
import Layers
import Testing

@testable import Models
@testable import Runs

extension DiffusionRecipe {
  /// A denoiser small enough for tests, on drawn images.
  static var small: DiffusionRecipe {
    var recipe = DiffusionRecipe()
    recipe.data.source = "shapes"
    recipe.model.sampleSize = 8
    recipe.model.blockOutChannels = [8, 8]
    recipe.model.downBlocks = [.plain, .attention]
    recipe.model.upBlocks = [.attention, .plain]
    recipe.model.normNumGroups = 4
    recipe.model.attentionHeadDim = 4
    recipe.isConditional = true
    recipe.batch = 4
    recipe.heldOutImages = 6
    recipe.preview.steps = 2
    return recipe
  }

  /// A trainer of it.
  func opened() throws -> DiffusionTrainer {
    var recipe = self
    let data = try recipe.openData(skipBroken: false)
    return recipe.trainer(data)
  }
}

/// A small denoiser on drawn images.
@Suite struct DiffusionTests {
  /// Runs in a process of its own, since the pool belongs to the whole program.
  @Test func aWarmStepTakesNothingNewFromThePool() async {
    await #expect(processExitsWith: .success) {
      for parts in [1, 3] {
        var recipe = DiffusionRecipe.small
        (recipe.isConditional, recipe.minSNRGamma) = (false, 5)
        let diffusion = Diffusion(
          recipe.configuration, objective: recipe.denoisingObjective, optimizer: recipe.optimizer,
          emaDecay: 0.9)
        var allocations: [Int] = []
        for step in 0..<7 {
          let noise = RandomStream(seed: 1, purpose: .noise)
          let batches = (0..<parts).map { part in
            diffusion.objective.batch(
              noise.uniforms([4, 8, 8, 1], step: step),
              noise: noise.normals([4, 8, 8, 1], firstSample: 4 * part, step: step),
              timesteps: diffusion.objective.timesteps(0..<4, step: step, seed: 1))
          }
          let report = try diffusion.step(batches, mode: .training(seed: 1, step: step))
          precondition(report.loss.isFinite)
          allocations.append(StoragePool.shared.allocations)
        }
        precondition(Set(allocations[2...]).count == 1, "blocks by step: \(allocations)")
      }
    }
  }

  /// The part-batches of a step draw the times, noise and classes that the whole batch would.
  @Test func partsOfABatchAreTheBatch() throws {
    var losses: [Double] = []
    var norms: [Double] = []
    for (batch, accumulate) in [(6, 1), (3, 2), (1, 6)] {
      var recipe = DiffusionRecipe.small
      (recipe.batch, recipe.accumulate) = (batch, accumulate)
      let trainer = try recipe.opened()
      #expect(trainer.itemsPerStep == 6)
      for _ in 0..<3 {
        let measurements = try trainer.step()
        losses.append(measurements[0].value)
        norms.append(measurements[1].value)
      }
    }
    for place in 3..<9 {
      #expect(abs(losses[place] - losses[place % 3]) < 1e-5)
      #expect(abs(norms[place] / norms[place % 3] - 1) < 1e-4)
    }
  }

  @Test func anEvaluationIsTheSameEachTime() throws {
    let trainer = try DiffusionRecipe.small.opened()
    _ = try trainer.step()
    let loss = try trainer.evaluate().map(\.value)
    #expect(loss.count == 1 && loss[0] > 0)
    #expect(try trainer.evaluate().map(\.value) == loss)
    // The average moves with each step.
    _ = try trainer.step()
    #expect(try trainer.evaluate().map(\.value) != loss)
    // However many images are taken at a time, and whatever the seed, it is the same measure.
    var other = DiffusionRecipe.small
    other.batch = 3
    let (one, two) = (try DiffusionRecipe.small.opened(), try other.opened())
    #expect(abs(try one.evaluate()[0].value - two.evaluate()[0].value) < 1e-6)
  }

  @Test func aStepLearns() throws {
    var recipe = DiffusionRecipe.small
    recipe.optimizer.schedule.warmupSteps = 0
    let trainer = try recipe.opened()
    let first = try trainer.evaluate()[0].value
    for _ in 0..<40 { _ = try trainer.step() }
    #expect(try trainer.evaluate()[0].value < 0.95 * first)
  }

  @Test func theDataDecidesChannelsAndClasses() throws {
    var recipe = DiffusionRecipe.small
    _ = try recipe.openData(skipBroken: false)
    #expect(recipe.imageChannels == 3 && recipe.configuration.outChannels == 3)
    #expect(recipe.classRows == 6 && recipe.classCount == 5 && recipe.nullClass == 5)
    // With the recipe as it was resolved the run goes on.
    _ = try recipe.openData(skipBroken: false)
    recipe.classDropout = 0
    let problem = #expect(throws: RecipeProblem.self) { try recipe.openData(skipBroken: false) }
    #expect(problem?.key == "model.num_class_embeds")
    recipe.classRows = nil
    _ = try recipe.openData(skipBroken: false)
    #expect(recipe.classRows == 5 && recipe.classCount == 5 && recipe.nullClass == nil)
    recipe.isConditional = false
    #expect(recipe.configuration.classCount == nil && recipe.nullClass == nil)
  }
}
