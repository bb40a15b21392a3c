import Autograd
import Runs

/// The settings of an optimizer: of Adam, which with weight decay is AdamW, and of what there is beside
/// it.
public struct OptimizerOptions: Equatable, Sendable {
  /// How gradients become a step.
  public enum Method: String, RecipeChoice {
    /// Their mean divided by the root of their mean square.
    case adam
    /// They themselves divided by that root: Hinton, "Neural Networks for Machine Learning", lecture 6
    /// (2012).
    case rmsprop
    /// Adam, but for the matrices between hidden layers, whose mean gradients are made orthogonal.
    case muon
  }

  /// How gradients become a step.
  public var method = Method.adam
  /// The size of a step.
  public var learningRate: Double
  /// How the size goes over the training.
  public var schedule = LearningRateSchedule()
  /// The decay of the mean of the gradients.
  public var beta1: Double
  /// The decay of the mean of their squares.
  public var beta2: Double
  /// The size of Muon's step for hidden matrices; it goes the way of the other.
  public var muonLearningRate = 0.02
  /// The decay of Muon's mean of the gradients.
  public var momentum = 0.95
  /// Epsilon of Adam and RMSprop: added to the root of that mean.
  public var epsilon = 1e-8
  /// What a step takes from the weights of the group `decay`, as a multiple of the rate.
  public var weightDecay = 0.0
  /// The norm that the gradients are brought to where theirs is larger; nil for any.
  public var maxGradientNorm: Double?
  /// Whether a step is left out whose gradients' norm lies far above those before.
  public var skipsOutliers = false

  /// Settings with those rates.
  public init(learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999) {
    (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
  }

  /// The same with another full rate: all rates of the schedule, and Muon's, change by that factor.
  public func atLearningRate(_ rate: Double) -> OptimizerOptions {
    var options = self
    options.learningRate = rate
    options.schedule.minLearningRate *= rate / learningRate
    options.muonLearningRate *= rate / learningRate
    return options
  }

  /// Makes sure that the rate does not rise to its minimum.
  /// - Throws: `RecipeProblem` that names `optimizer.min_learning_rate`.
  public func check() throws(RecipeProblem) {
    guard schedule.minLearningRate <= learningRate else {
      throw RecipeProblem(
        "optimizer.min_learning_rate",
        "\(schedule.minLearningRate), but must not be above optimizer.learning_rate, "
          + "\(learningRate)"
      )
    }
  }

  /// Their keys in a recipe.
  public static let keys: [RecipeKey<OptimizerOptions>] = [
    RecipeKey(
      "optimizer.method", \.method,
      "Adam (with decay, AdamW), RMSprop, or Adam with Muon for the matrices of hidden layers."),
    RecipeKey(
      "optimizer.learning_rate", \.learningRate, .above(0),
      "Learning rate of Adam or RMSprop."),
    RecipeKey(
      "optimizer.warmup_steps", \.schedule.warmupSteps, .atLeast(0),
      formerly: "optimizer.warmup",
      "Steps over which the learning rate warms up from zero."),
    RecipeKey(
      "optimizer.schedule", \.schedule.kind,
      "Learning rate schedule after the warmup: constant, or cosine to the minimum."),
    RecipeKey(
      "optimizer.cooldown", \.schedule.cooldown, .in(0...1),
      "Part of the steps, at the end, in which the cosine falls; with a budget, of the time, and at most half."
    ),
    RecipeKey(
      "optimizer.min_learning_rate", \.schedule.minLearningRate, .in(0...1),
      formerly: "optimizer.minimum_rate",
      "Learning rate at the end of the cosine schedule."),
    RecipeKey(
      "optimizer.beta1", \.beta1, .in(0..<1),
      "Adam's beta1: decay of its mean of gradients."),
    RecipeKey(
      "optimizer.beta2", \.beta2, .in(0..<1),
      "Adam's beta2, RMSprop's alpha: decay of the mean of squared gradients."),
    RecipeKey(
      "optimizer.muon_learning_rate", \.muonLearningRate, .in(1e-9...10),
      formerly: "optimizer.muon_rate",
      "Muon's learning rate, on the same schedule."),
    RecipeKey(
      "optimizer.momentum", \.momentum, .in(0..<1), "Muon's momentum."),
    RecipeKey(
      "optimizer.epsilon", \.epsilon, .in(1e-16...1),
      "Epsilon of Adam and RMSprop, added to the denominator."),
    RecipeKey(
      "optimizer.weight_decay", \.weightDecay, .in(0...10),
      "AdamW's weight decay, of matrices and convolution kernels; 0 is Adam."),
    RecipeKey(
      "optimizer.max_gradient_norm", \.maxGradientNorm, .orNull(.above(0)),
      formerly: "optimizer.clip_norm",
      "Clip gradients to this global norm; null for none."),
    RecipeKey(
      "optimizer.skip_outliers", \.skipsOutliers,
      "Skip steps whose gradient norm lies ten deviations above the median of those before."),
  ]
}
