import Compute
import Files
import Layers
import TestSupport
import Testing

@testable import Models
@testable import Runs
@testable import Training

/// A training that starts from the weights of one whose data had other classes.
@Suite struct StartTests {
  private let folder = TemporaryFolder()

  /// A training that has learned a little, with classes.
  private func learned() throws -> (trainer: DiffusionTrainer, checkpoint: Checkpoint) {
    let trainer = try DiffusionRecipe.small.opened()
    for _ in 0..<2 { _ = try trainer.step() }
    let checkpoint = try CheckpointStore(Place(folder("checkpoints"))).write(
      step: 2, files: trainer.checkpointFiles(), state: TrainingState(seed: 0))
    return (trainer, checkpoint)
  }

  /// What a UNet makes of two images.
  private func answers(_ unet: UNet, _ classes: [Int32]?) -> [Float] {
    let images = RandomStream(seed: 1, purpose: .noise).normals([2, 8, 8, 3])
    return unet(.init(constant: images), timesteps: [3, 400], classes: classes).values.elements
  }

  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// Without classes it begins as the other answers without a class, whether or not it is told of augmentation.
  @Test func withoutClasses() throws {
    let (trainer, checkpoint) = try learned()
    var recipe = DiffusionRecipe.small
    (recipe.isConditional, recipe.augmentProbability) = (false, 0.2)
    let other = try recipe.opened()
    try other.start(from: checkpoint)
    let (from, to) = (trainer.diffusion.learner, other.diffusion.learner)
    #expect(distance(answers(to.model, nil), answers(from.model, [5, 5])) < 1e-5)
    #expect(distance(answers(to.average.model, nil), answers(from.average.model, [5, 5])) < 1e-5)
    #expect(distance(answers(to.model, nil), answers(from.model, [1, 1])) > 1e-3)
    // What goes on with a run has to be the same.
    #expect(throws: FileError.self) { try other.restore(checkpoint) }
  }

  /// Of other classes, each begins as no class; of as many, as they are.
  @Test func withOtherClasses() throws {
    let (trainer, checkpoint) = try learned()
    let from = trainer.diffusion.learner
    var recipe = DiffusionRecipe.small
    let same = try recipe.opened()
    try same.start(from: checkpoint)
    #expect(answers(same.diffusion.learner.model, [1, 2]) == answers(from.model, [1, 2]))
    recipe.classDropout = 0
    let other = try recipe.opened()
    try other.start(from: checkpoint)
    #expect(answers(other.diffusion.learner.model, [1, 4]) == answers(from.model, [5, 5]))
  }

  /// One that had no classes knows none from another.
  @Test func withItsFirstClasses() throws {
    var recipe = DiffusionRecipe.small
    recipe.isConditional = false
    let trainer = try recipe.opened()
    let checkpoint = try CheckpointStore(Place(folder("plain"))).write(
      step: 0, files: trainer.checkpointFiles(), state: TrainingState(seed: 0))
    let other = try DiffusionRecipe.small.opened()
    try other.start(from: checkpoint)
    #expect(
      answers(other.diffusion.learner.model, [1, 5])
        == answers(trainer.diffusion.learner.model, nil))
  }

  /// Other sizes are no beginning.
  @Test func ofOtherSizes() throws {
    let checkpoint = try learned().checkpoint
    var recipe = DiffusionRecipe.small
    recipe.model.blockOutChannels = [8, 16]
    let error = try #require(throws: FileError.self) {
      try recipe.opened().start(from: checkpoint)
    }
    #expect(error.message.contains("has the shape"))
  }
}
