/// The settings of Adam and AdamW.
public struct AdamOptions: Equatable, Sendable {
  /// The size of a step.
  public var learningRate: Double
  /// The decay of the mean of the gradients.
  public var beta1: Double
  /// The decay of the mean of their squares.
  public var beta2: Double
  /// What is added to the root of that mean.
  public var epsilon = 1e-8

  /// Settings with those rates.
  public init(learningRate: Double, beta1: Double, beta2: Double) {
    (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
  }

  /// Their keys in a recipe.
  public static let keys: [RecipeKey<AdamOptions>] = [
    RecipeKey(
      "optimizer.learning_rate", \.learningRate, .in(1e-9...1),
      "Adam's step size."),
    RecipeKey(
      "optimizer.beta1", \.beta1, .in(0..<1),
      "Decay of Adam's mean of gradients."),
    RecipeKey(
      "optimizer.beta2", \.beta2, .in(0..<1),
      "Decay of Adam's mean of squared gradients."),
  ]
}
