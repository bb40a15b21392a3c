import Compute
import Files
import Runs
import Training

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
  public private(set) var model: any LanguageModel
  /// How its matrices are held.
  public private(set) var precision = WeightPrecision.float32
  /// What its tokens stand for.
  public let tokenizer: any Tokenizer

  /// The model as it was after `step` steps, or for nil at the run's newest checkpoint that verifies.
  /// - Throws: `FileError`, `RecipeError` when the run cannot be read, or is of a kind that writes no
  ///   text.
  public init(_ run: RunFolder, step: Int? = nil) throws {
    self = try OpenedRun(run, step: step).text()
  }

  /// The same with the model's matrices rounded to `precision`; this one's are rounded with it.
  public func rounded(to precision: WeightPrecision) -> TrainedText {
    var rounded = self
    (rounded.model, rounded.precision) = (model.rounded(to: precision), precision)
    // What rounding took beside is of no more use.
    StoragePool.shared.trim()
    return rounded
  }

  init<R: TextRecipe>(_ opened: OpenedRun, as kind: R.Type) throws {
    let (run, recipe) = (opened.run, try opened.recipe(as: kind))
    guard let count = recipe.vocabularySize else {
      throw FileError(
        .badData, run.recipePath, "does not say model.vocabulary, as a run's does")
    }
    let checkpoint = try opened.checkpoint()
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
