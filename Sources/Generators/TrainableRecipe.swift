import Training

/// A recipe from which a training run can be started.
public protocol TrainableRecipe: Recipe {
  /// What does the training.
  associatedtype ModelTrainer: Trainer

  /// How long, and how often what.
  var loop: LoopOptions { get set }

  /// The data, opened.
  associatedtype Data

  /// Opens the data, and completes what the recipe leaves to it.
  /// - Parameter skipBroken: Leave files out that cannot be read, instead of refusing.
  /// - Throws: `DatasetError`; `RecipeProblem` where recipe and data do not go together.
  mutating func openData(skipBroken: Bool) throws -> Data

  /// A checksum of the data, for the run's records.
  static func hash(of data: Data) -> String

  /// A trainer that has done no step.
  func trainer(_ data: Data) -> ModelTrainer
}

/// The kinds of recipes that there are.
public let recipeKinds: [any TrainableRecipe.Type] = [
  GANRecipe.self, ClassifierRecipe.self,
]
