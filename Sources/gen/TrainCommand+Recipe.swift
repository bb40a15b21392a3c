import Files
import Models
import Runs

extension TrainCommand {
  /// The recipe of a new run: the document's and, where it starts from another run's weights, what goes with
  /// those.
  /// - Throws: `RecipeError`, `FileError`; `UsageError` where the document goes on with a run that is not named.
  func recipe<R: TrainableRecipe>(
    _ kind: R.Type, _ document: RecipeDocument, named recipeName: String, from source: RunFolder?
  ) throws -> R {
    guard let source else {
      guard !document.extendsRun else {
        throw UsageError(
          "\(recipeName) goes on with what a run has learned: name the run by --from")
      }
      var recipe: R = try document.recipe(overriding: overrides(), remark: say)
      // Weights of other sizes than those asked for are no beginning.
      if try overrides().contains(where: { kind.keysOfWeights.contains($0.key) }) {
        recipe.pretrained = nil
      }
      return recipe
    }
    let learned = try RecipeDocument(path: source.recipePath)
    if document.extendsRun {
      guard learned.kind == document.kind else {
        throw UsageError(
          "\(recipeName) goes on with runs of \(document.kind), but \(source.name) is one of "
            + "\(learned.kind)")
      }
      var recipe: R = try document.recipe(
        extending: learned, overriding: overrides(), remark: say)
      recipe.pretrained = nil
      return recipe
    }
    guard learned.kind == document.kind else {
      return try document.recipe(overriding: overrides(), remark: say)
    }
    // What is asked for comes last, and stays.
    var asked = try overrides()
    if what == nil, let data {
      let words = "--data \(data)"
      asked =
        kind.keysOfClasses.map { RecipeOverride($0, to: "null", words: words) } + asked
    }
    let own = Set(asked.map(\.key))
    let recipe: R = try document.recipe(
      overriding: asked.filter { !kind.keysOfWeights.contains($0.key) }, remark: say)
    let taken = try recipe.changes(in: learned.recipe())
      .filter { kind.keysOfWeights.subtracting(own).contains($0.key) }
    var result: R = try document.recipe(
      overriding: taken.map { RecipeOverride($0.key, to: $0.now, words: "--from \(source.name)") }
        + asked)
    if !taken.isEmpty {
      let keys = taken.map { "\($0.key)=\($0.now)" }.joined(separator: ", ")
      say("as \(source.name) has it: \(keys)")
    }
    result.pretrained = recipe.pretrained == source.name ? source.name : nil
    return result
  }

  /// The session of a new run. Where no run is named to start from, it is the pretrained model that the recipe
  /// has for data of that kind, if there is one.
  /// - Throws: as `recipe`, and what opening the data throws.
  func session<R: TrainableRecipe>(
    _ kind: R.Type, _ document: RecipeDocument, named recipeName: String
  ) throws -> TrainingSession<R> {
    var request = try request(recipeName: recipeName)
    var recipe = try recipe(kind, document, named: recipeName, from: request.source)
    sayWhatIsRead(recipe.dataSource)
    let session = try TrainingSession(recipe, request)
    guard request.source == nil, let name = session.resolvedRecipe.pretrained else {
      return session
    }
    request.source = Pretrained.find(name)
    if request.source == nil {
      recipe.pretrained = nil
      let folders = Pretrained.folders.joined(separator: ", ")
      say("starting with new weights: \(name) is in none of \(folders)")
    } else {
      say(
        "few images: starting from the weights of \(name); new ones by --set pretrained=null")
      recipe = try self.recipe(kind, document, named: recipeName, from: request.source)
    }
    return try TrainingSession(recipe, request)
  }

  /// Says at once what may take long to read, where it is there.
  func sayWhatIsRead(_ source: String) {
    guard !quiet && DataReference.exists(source) else { return }
    writeToStandardError("reading \(source)\n" as Message)
  }

  /// Says something to who looks on.
  func say(_ line: String) {
    if !quiet { writeToStandardError("\(line)\n") }
  }
}
