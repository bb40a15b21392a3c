import Compute
import Files
import Foundation
import Layers
import Testing

@testable import Models
@testable import Runs
@testable import Training

extension DiffusionRecipe {
  /// The small denoiser, told how its images are augmented.
  fileprivate static var augmented: DiffusionRecipe {
    var recipe = DiffusionRecipe.small
    recipe.augmentProbability = 0.5
    return recipe
  }
}

/// Augmentation of which a denoiser is told.
@Suite struct AugmentationTests {
  private typealias Change = GeometricAugmentation.Change

  private static func changes(
    _ probability: Double, mirrors: Bool = true, _ samples: Range<Int> = 0..<1000
  ) -> [Change] {
    samples.map { Change(sample: $0, seed: 3, step: 5, probability, mirrors: mirrors) }
  }

  /// Each kind of change comes as often as asked for, and one chance more leaves the others as they were.
  @Test func howOftenImagesAreChanged() {
    let few = Self.changes(0.12)
    let parts = [0...1, 2...2, 3...4, 5...6, 7...8].map { labels in
      Double(few.count { $0.labels[labels].contains { $0 != 0 } }) / Double(few.count)
    }
    // Half of the images are mirrored, and of those of which one in eight is turned over, half.
    #expect(abs(parts[0] - 0.53) < 0.05)
    #expect(parts[1...].allSatisfy { abs($0 - 0.12) < 0.04 })
    let all = Self.changes(1)
    for (some, whole) in zip(few, all) {
      for (a, b) in zip(some.labels, whole.labels) { #expect(a == 0 || a == b) }
    }
    #expect(Self.changes(0, mirrors: false).allSatisfy { $0 == Change() })
    #expect(Self.changes(0).contains { $0.isMirrored })
  }

  /// What is told is what is done.
  @Test func labelsTellOfTheChange() {
    for change in Self.changes(1, 0..<50) {
      let labels = change.labels.map(Double.init)
      let warp = change.warp(height: 16, width: 32)
      // The matrix of the way there, of which the warp has the inverse.
      let angle = atan2(labels[4], labels[3] + 1)
      let size = pow(2, 0.2 * labels[2])
      let stretch = 0.2 * hypot(labels[5], labels[6])
      let direction = atan2(labels[6], labels[5]) / 2
      let (a, b) = (cos(direction), sin(direction))
      let (long, short) = (pow(2, stretch), pow(2, -stretch))
      let stretched = [
        a * a * long + b * b * short, a * b * (long - short), a * b * (long - short),
        b * b * long + a * a * short,
      ]
      let turned = [cos(angle), -sin(angle), sin(angle), cos(angle)]
      let mirrored = [size * (1 - 2 * labels[0]), 0, 0, size * (1 - 2 * labels[1])]
      func product(_ x: [Double], _ y: [Double]) -> [Double] {
        [
          x[0] * y[0] + x[1] * y[2], x[0] * y[1] + x[1] * y[3], x[2] * y[0] + x[3] * y[2],
          x[2] * y[1] + x[3] * y[3],
        ]
      }
      let forward = product(stretched, product(turned, mirrored))
      let backward = [warp.xx, warp.xy, warp.yx, warp.yy].map(Double.init)
      for (found, expected) in zip(product(backward, forward), [1.0, 0, 0, 1]) {
        #expect(abs(found - expected) < 1e-4)
      }
      let middle = [
        backward[0] * labels[7] * 4 + backward[1] * labels[8] * 2 + Double(warp.x0),
        backward[2] * labels[7] * 4 + backward[3] * labels[8] * 2 + Double(warp.y0),
      ]
      #expect(middle.allSatisfy { abs($0) < 1e-4 })
    }
  }

  /// A new UNet takes no notice of what it is told, and its other parameters are as without.
  @Test func aNewUNetIsAsWithout() throws {
    let recipe = DiffusionRecipe.augmented
    #expect(recipe.configuration.augmentationLabels == 0)
    let unet = UNet(recipe.trainedConfiguration)
    unet.initialize(seed: 1)
    let images = RandomStream(seed: 1, purpose: .noise).normals([2, 8, 8, 1])
    let labels = RandomStream(seed: 2, purpose: .noise).normals([2, 9])
    func told(_ labels: Values?) -> [Float] {
      unet(.init(constant: images), timesteps: [3, 4], augmentation: labels).values.elements
    }
    #expect(told(labels) == told(nil))
  }

  /// The parts of a step are augmented as the whole batch would be.
  @Test func partsOfABatchAreTheBatch() throws {
    let losses = try [(6, 1), (2, 3)].map { batch, accumulate in
      var recipe = DiffusionRecipe.augmented
      (recipe.batch, recipe.accumulate) = (batch, accumulate)
      let trainer = try recipe.opened()
      return try (0..<3).map { _ in try trainer.step()[0].value }
    }
    for (a, b) in zip(losses[0], losses[1]) { #expect(abs(a - b) < 1e-5) }
    // It is learned what the labels say.
    let trainer = try DiffusionRecipe.augmented.opened()
    for _ in 0..<2 { _ = try trainer.step() }
    let learned = try #require(trainer.diffusion.learner.arrays["augment_embedding.weight"])
    #expect(learned.shape == [9, 32] && learned.elements.contains { $0 != 0 })
  }

  /// With few images nothing more is to be said for it to be done.
  @Test func fewImagesAreAugmented() throws {
    var recipe = DiffusionRecipe.small
    recipe.augmentProbability = nil
    // There are many drawn shapes.
    _ = try recipe.openData(skipBroken: false)
    #expect(recipe.augmentProbability == 0 && recipe.augmentation == nil)
  }
}
