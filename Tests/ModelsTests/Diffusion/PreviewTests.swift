import Images
import Testing

@testable import Models
@testable import Runs
@testable import Training

/// How much of a training's time goes into previews.
@Suite struct PreviewTests {
  /// A recipe as its run has it.
  private func settled(
    _ steps: Int, every: Int, classes: Int?, _ change: (inout DiffusionRecipe) -> Void = { _ in }
  ) -> DiffusionRecipe {
    var recipe = DiffusionRecipe()
    recipe.isConditional = classes != nil
    recipe.classRows = classes.map { $0 + 1 }
    (recipe.loop.steps, recipe.loop.sampleEvery) = (steps, every)
    change(&recipe)
    recipe.settle()
    return recipe
  }

  /// How many forward passes all previews but the first take, of those of the training's steps.
  private func share(_ recipe: DiffusionRecipe) throws -> Double {
    let preview = try recipe.drawnPreview(after: recipe.loop.steps)
    let number = (recipe.loop.steps + recipe.loop.sampleEvery - 1) / recipe.loop.sampleEvery
    let passes = recipe.classCount == nil ? 1 : 2
    return Double(number * preview.layout.count * preview.plan.modelCalls.count * passes)
      / Double(3 * recipe.loop.steps * recipe.batch * recipe.accumulate)
  }

  @Test func aLongTrainingHasWholePreviews() throws {
    let recipe = settled(2700, every: 500, classes: 10)
    #expect(recipe.preview.count == 60 && recipe.preview.previewSteps == 20)
    #expect(try share(recipe) < 0.05)
    #expect(settled(2700, every: 500, classes: nil).preview.count == 64)
  }

  /// Fewer images come first, then fewer steps.
  @Test func aShortTrainingHasSmallerOnes() throws {
    let shorter = settled(100, every: 500, classes: 10)
    #expect(shorter.preview.count == 20 && shorter.preview.previewSteps == 20)
    #expect(try share(shorter) < 0.05)
    let shortest = settled(20, every: 500, classes: 10)
    #expect(shortest.preview.count == 10 && shortest.preview.previewSteps == 5)
    let often = settled(2700, every: 10, classes: nil) { $0.batch = 8 }
    #expect(often.preview.count == 8 && often.preview.previewSteps == 5)
  }

  @Test func whatIsAskedForStays() {
    let many = settled(20, every: 5, classes: nil) { $0.preview.count = 100 }
    #expect(many.preview.count == 100 && many.preview.previewSteps == 5)
    let long = settled(20, every: 5, classes: nil) { $0.preview.previewSteps = 50 }
    #expect(long.preview.count == 8 && long.preview.previewSteps == 50)
    // The way to sample is another matter.
    #expect(long.usualSampler.steps == 20)
  }

  /// A run that was begun without these keys draws as it did.
  @Test func withoutSettlingAPreviewIsWhole() throws {
    var recipe = DiffusionRecipe()
    recipe.loop.steps = 20
    let preview = try recipe.drawnPreview(after: 20)
    #expect(preview.layout.count == 64 && preview.sampler.steps == 20)
  }

  /// Noise of new weights is a row in few steps, and its file says how to draw that again.
  @Test func theFirstPreviewIsSmall() throws {
    var recipe = DiffusionRecipe.small
    let data = try recipe.openData(skipBroken: false)
    (recipe.loop.steps, recipe.loop.sampleEvery) = (400, 400)
    recipe.settle()
    let trainer = recipe.trainer(data)
    var parts: [Int] = []
    guard case .images(let first, let columns) = trainer.preview({ done, _ in parts.append(done) }),
      case _ = try trainer.step(), case .images(let second, columns) = trainer.preview()
    else {
      Issue.record("a preview that is no image")
      return
    }
    #expect((1...5).contains(parts.count) && parts == parts.indices.map { $0 + 1 })
    #expect(first.count == columns && first.count < second.count)
    let flags = recipe.previewProvenance(after: 0).flags
    #expect(flags.contains("--count") && flags != recipe.previewProvenance(after: 400).flags)
  }
}
