@testable import Runs

/// A recipe with a key of each type.
struct ExampleRecipe: Recipe, Equatable {
  enum Loss: String, RecipeChoice { case nonSaturating = "non-saturating", hinge }

  struct Model: Equatable {
    var channels = 64
    var multipliers = [1, 2, 4]
    var size = 32
  }
  struct Optimizer: Equatable {
    var rate = 2e-4
    var betas: [Float] = [0.5, 0.999]
    var clip: Double?
  }

  var name = "an example"
  var model = Model()
  var optimizer = Optimizer()
  var loss = Loss.nonSaturating
  var flip = true
  var seed: UInt64 = 0
  var budget: Budget?

  static let kind = "example"
  static let summary = "A recipe for tests."
  static let schema: RecipeSchema<ExampleRecipe> = [
    RecipeKey("name", \.name, "What it is called."),
    RecipeKey("model.channels", \.model.channels, .in(1...1024), "Channels of the widest layer."),
    RecipeKey("model.multipliers", \.model.multipliers, .each(.atLeast(1)), "Width by level."),
    RecipeKey("model.size", \.model.size, .among(32, 64), "Height and width in pixels."),
    RecipeKey("optimizer.rate", \.optimizer.rate, .above(0), "Learning rate."),
    RecipeKey("optimizer.betas", \.optimizer.betas, .each(.in(0..<1)), "Adam's beta1 | beta2."),
    RecipeKey(
      "optimizer.clip", \.optimizer.clip, .orNull(.above(0)), formerly: "clipping.norm",
      "Largest norm."),
    RecipeKey("loss", \.loss, "The adversarial loss."),
    RecipeKey("flip", \.flip, "Whether images are flipped."),
    RecipeKey("seed", \.seed, "The seed of everything random."),
    RecipeKey("budget", \.budget, "How long to train."),
  ]

  func check() throws(RecipeProblem) {
    guard model.size % model.channels == 0 || model.channels % model.size == 0 else {
      throw RecipeProblem("model.channels", "must divide model.size, or the other way round")
    }
  }
}
