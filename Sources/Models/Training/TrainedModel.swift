import Files
import Runs
import Training

/// What models of a kind make.
public enum ModelOutput: Sendable {
  case images, text
  /// The class of an image.
  case classes
}

/// The model of a run, ready for use.
public enum TrainedModel {
  /// It generates images.
  case images(any ImageSampler)
  /// It generates text.
  case text(TrainedText)
  /// It tells classes of images apart.
  case classifier(TrainedClassifier)
}

/// A run that is opened to use its model: the recipe is parsed once, and the checkpoint verified once.
public struct OpenedRun {
  /// The run.
  public let run: RunFolder
  /// The kind of its recipe.
  public let kind: any TrainableRecipe.Type
  /// Its recipe.
  let document: RecipeDocument
  /// The step that is asked for; nil for the newest checkpoint that verifies.
  let step: Int?
  /// Which weights are asked for.
  let weights: LearnedWeights

  /// Opens a run.
  /// - Parameters:
  ///   - step: Which checkpoint; nil for the newest that verifies.
  ///   - weights: Which weights, of a kind that has a choice.
  /// - Throws: `FileError`, `RecipeError` when the recipe cannot be read, or is of an unknown kind.
  public init(_ run: RunFolder, step: Int? = nil, weights: LearnedWeights = .average) throws {
    (self.run, self.step, self.weights) = (run, step, weights)
    document = try RecipeDocument(path: run.recipePath)
    kind = try recipeKind(of: document)
  }

  /// The model.
  /// - Throws: `FileError`, `RecipeError` when the recipe or the checkpoint cannot be read.
  public func model() throws -> TrainedModel { try kind.trained(self) }

  /// The sampler, if the run generates images.
  /// - Throws: `FileError`, also when it does not; and as `model()`.
  public func imageSampler() throws -> any ImageSampler {
    switch kind.output {
    case .images:
      guard case .images(let sampler) = try model() else { preconditionFailure("\(kind.kind)") }
      return sampler
    case .text:
      throw FileError(
        .badData, run.path, "is a \(kind.kind), which generates text, not images")
    case .classes:
      throw FileError(
        .badData, run.path,
        "is a classifier, which generates nothing: gen eval \(run.name) says how good it is")
    }
  }

  /// The language model, if the run generates text.
  /// - Throws: `FileError`, also when it does not; and as `model()`.
  public func text() throws -> TrainedText {
    guard kind.output == .text, case .text(let text) = try model() else {
      throw FileError(.badData, run.path, "is of the kind \(kind.kind), which generates no text")
    }
    return text
  }

  /// The classifier, if the run tells classes of images apart.
  /// - Throws: `FileError`, also when it does not; and as `model()`.
  public func classifier() throws -> TrainedClassifier {
    guard kind.output == .classes, case .classifier(let classifier) = try model() else {
      throw FileError(.badData, run.path, "is of the kind \(kind.kind), which classifies nothing")
    }
    return classifier
  }

  func checkpoint() throws(FileError) -> Checkpoint { try run.verifiedCheckpoint(step: step) }

  func recipe<R: Recipe>(as type: R.Type) throws -> R { try document.recipe(as: type) }
}

/// The kind of a recipe.
/// - Throws: `RecipeError` when there is no such kind.
public func recipeKind(of document: RecipeDocument) throws -> any TrainableRecipe.Type {
  if let kind = recipeKinds.first(where: { $0.kind == document.kind }) { return kind }
  throw document.unknownKind(among: recipeKinds.map { $0.kind })
}

extension RecipeDocument {
  /// How long a run of this recipe trains, and what it keeps.
  /// - Throws: `RecipeError` when there is no such kind, or a value is wrong.
  public var loop: LoopOptions { get throws { try trainable.loop } }

  /// The built-in name or the path of the data that a run of this recipe learns from.
  /// - Throws: as `loop`.
  public var dataSource: String { get throws { try trainable.dataSource } }

  /// Whether the losses of training and of validation weigh errors alike in a run of this recipe.
  /// - Throws: as `loop`.
  public var lossesAreAlike: Bool { get throws { try trainable.lossesAreAlike } }

  /// All keys of this recipe, and their values as YAML; first the kind.
  /// - Throws: as `loop`.
  public var settings: [(key: String, value: String)] {
    get throws {
      let recipe = try trainable
      return [("kind", type(of: recipe).kind)] + recipe.settings
    }
  }

  private var trainable: any TrainableRecipe {
    get throws {
      func resolved<R: TrainableRecipe>(_ kind: R.Type) throws -> any TrainableRecipe {
        try recipe(as: kind)
      }
      return try resolved(recipeKind(of: self))
    }
  }
}

/// The names of the kinds that make that.
public func kinds(making output: ModelOutput...) -> [String] {
  output.flatMap { made in recipeKinds.filter { $0.output == made }.map { $0.kind } }
}
