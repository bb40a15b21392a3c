import Files
import Runs
import Training

/// The kinds of recipes whose runs write text.
public let textKinds = [TransformerRecipe.kind, RecurrentRecipe.kind]

/// A language model of a run: the moving average of its weights, and what its tokens stand for.
public struct TrainedText {
  /// The run that it was trained in.
  public let run: RunFolder
  /// The step of the checkpoint.
  public let step: Int
  /// What it learned from.
  public let data: TextOptions
  /// The same as a reference, by which it is found again.
  public let learnedData: DataReference
  /// The model.
  public let model: any LanguageModel
  /// What its tokens stand for.
  public let tokenizer: any Tokenizer

  /// The model as it was after `step` steps, or for nil at the run's newest checkpoint that verifies.
  /// - Throws: `FileError`, `RecipeError` when the run cannot be read, or is of a kind that writes no
  ///   text.
  public init(_ run: RunFolder, step: Int? = nil) throws {
    let document = try RecipeDocument(path: run.recipePath)
    switch document.kind {
    case TransformerRecipe.kind:
      try self.init(run, document.recipe(as: TransformerRecipe.self), step: step)
    case RecurrentRecipe.kind:
      try self.init(run, document.recipe(as: RecurrentRecipe.self), step: step)
    case let kind where recipeKinds.contains { $0.kind == kind }:
      throw FileError(.badData, run.path, "is of the kind \(kind), which writes no text")
    default: throw document.unknownKind(among: textKinds)
    }
  }

  private init<R: TextRecipe>(_ run: RunFolder, _ recipe: R, step: Int?) throws {
    guard let count = recipe.vocabularySize else {
      throw FileError(
        .badData, run.recipePath, "does not say model.vocabulary, as a run's does")
    }
    let checkpoint = try run.verifiedCheckpoint(step: step)
    let model = recipe.untrainedModel
    try Learner.read(checkpoint, into: model)
    let file = checkpoint.file(TokenizerFile.name)
    tokenizer = try TokenizerFile.tokenizer(of: checkpoint)
    guard tokenizer.count == count else {
      throw FileError(
        .badData, file, "has \(tokenizer.count) tokens, but the model has \(count)")
    }
    (self.run, self.step, self.model) = (run, checkpoint.step, model)
    data = recipe.data
    learnedData = DataReference(recipe.data.source, of: run, seed: recipe.loop.seed)
  }
}
