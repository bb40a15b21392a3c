import Autograd
import Compute
import Foundation
import Images
import Testing

@testable import Models
@testable import Runs
@testable import Training

@Suite struct ClassifierTests {
  /// Small, on generated images.
  private static var recipe: ClassifierRecipe {
    var recipe = ClassifierRecipe()
    recipe.data.source = "shapes"
    recipe.model.size = 16
    recipe.model.channels = [4, 8]
    recipe.batch = 6
    return recipe
  }

  /// The features of an image, to the bit, do not depend on those beside it.
  @Test func aImageIsJudgedByItself() throws {
    var recipe = Self.recipe
    let data = try recipe.openData(skipBroken: false)
    let network = Classifier(recipe.configuration)
    network.initialize(seed: 1)
    let images = try (0..<40).map(data.heldOut.image)
    let together = network.judgment(of: images)
    #expect(together.features.values.shape == [40, 8])
    for index in [0, 7, 39] {
      let alone = network.judgment(of: [images[index]])
      #expect(alone.classes == [together.classes[index]])
      #expect(
        alone.features.values.elements
          == Array(together.features.values.elements[index * 8..<(index + 1) * 8]))
    }
  }

  @Test func theDataCompletesTheRecipe() throws {
    var recipe = Self.recipe
    recipe.model.size = nil
    _ = try recipe.openData(skipBroken: false)
    #expect(recipe.model.size == 32 && recipe.model.imageChannels == 3 && recipe.model.classes == 5)
    recipe.model.classes = 7
    let error = #expect(throws: RecipeProblem.self) { try recipe.openData(skipBroken: false) }
    #expect(error?.key == "model.classes")
  }

  /// Runs in a process of its own, since the pool belongs to the whole program.
  @Test func aWarmStepTakesNothingNewFromThePool() async {
    await #expect(processExitsWith: .success) {
      let learner = Learner(
        OptimizerOptions(learningRate: 1e-3), emaDecay: 0.9, steps: 6, seed: 0
      ) {
        Classifier(
          .init(imageChannels: 3, classes: 5, channels: [4, 8], dropout: 0.1))
      }
      let noise = RandomStream(seed: 1, purpose: .noise)
      var allocations: [Int] = []
      for step in 0..<6 {
        let images = noise.uniforms([5, 16, 16, 3], step: step)
        let report = try learner.step(mode: .training(seed: 1, step: step)) { _ in
          crossEntropy(learner.model(Tensor(constant: images)), [0, 1, 2, 3, 4])
        }
        precondition(report.loss.isFinite)
        allocations.append(StoragePool.shared.allocations)
      }
      precondition(Set(allocations[2...]).count == 1, "blocks by step: \(allocations)")
    }
  }

  /// What padding has brought to a model's size comes out of it as it went in; all else is scaled.
  @Test func imagesComeToTheClassifiersSize() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/gen-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try RunFolder.create(in: folder, recipe: "classifier")
    var recipe = Self.recipe
    recipe.model.size = 28
    recipe.model.imageChannels = 1
    recipe.model.classes = 5
    try run.writeRecipe(recipe.yaml)
    let learner = Learner(recipe.optimizer, emaDecay: 0, steps: 1, seed: 0) {
      Classifier(recipe.configuration)
    }
    try run.checkpoints.write(step: 0, files: learner.checkpointFiles(), state: ["seed": 0])
    let classifier = try TrainedClassifier(run)
    let image = Image(
      width: 28, height: 28, channels: 1, pixels: (0..<784).map { UInt8($0 % 251) })
    #expect(classifier.fitted(image) == image)
    #expect(classifier.fitted(image.padded(toWidth: 32, height: 32)) == image)
    #expect(classifier.fitted(image.converted(toChannels: 3)) == image)
    for side in [20, 38, 64] {
      let other = image.resized(width: side, height: side)
      #expect(classifier.fitted(other) == other.resized(width: 28, height: 28))
    }
  }
}
