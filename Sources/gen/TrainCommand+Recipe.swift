import Files
import Models
import Runs

extension TrainCommand {
  /// What flags change in a recipe; flags come last, as they are nearest to hand.
  /// - Parameter stepsDone: How many steps the run has done that goes on.
  func overrides(after stepsDone: Int? = nil) throws -> [RecipeOverride] {
    var steps = steps
    if let more = steps, more.hasPrefix("+") {
      guard let stepsDone else {
        throw UsageError("--steps is \(more), but only a run that goes on has steps to add to")
      }
      guard let count = Int(more.dropFirst()), (1...1_000_000_000_000).contains(count) else {
        throw UsageError("--steps is \(more), but must be a number of steps, such as 500 or +500")
      }
      steps = "\(stepsDone + count)"
    }
    let numbers = [
      ("steps", steps, "--steps"), ("seed", seed, "--seed"), ("log.every", logEvery, "--log-every"),
      ("evaluate.patience", patience, "--patience"), ("checkpoint.keep", keep, "--keep"),
      ("optimizer.learning_rate", learningRate, "--learning-rate"),
      ("batch", batchSize, "--batch-size"), ("precision", precision, "--precision"),
    ]
    let sets = try settings.map { try RecipeOverride(set: $0) }
    var flags: [RecipeOverride] = []
    for case (let key, let value?, let flag) in numbers {
      flags.append(RecipeOverride(key, to: value, words: "\(flag) \(value)"))
    }
    // How many steps there are is decided now, and not as the document or the other run's recipe says.
    let budgetKeys = ["budget.time", "budget.decisions"]
    if let cause = steps.map({ "--steps \($0)" }) ?? epochs.map({ "--epochs \($0)" }) {
      flags += budgetKeys.map { RecipeOverride($0, to: "null", words: cause) }
    }
    if let time = try budgetTime(), !resume {
      flags += zip(budgetKeys, [time.yaml, "null"]).map {
        RecipeOverride($0, to: $1, words: "--budget \(time)")
      }
    }
    if let data {
      flags.append(RecipeOverride("data.source", toText: data, words: "--data \(data)"))
    }
    for flag in flags {
      if let set = sets.last(where: { $0.key == flag.key }) {
        throw UsageError("\(set.words) and \(flag.words) both decide \(set.key): give one of them")
      }
    }
    if what == nil, let from {
      flags += budgetKeys.filter { key in !(sets + flags).contains { $0.key == key } }
        .map { RecipeOverride($0, to: "null", words: "--from \(from)") }
    }
    return sets + flags
  }

  /// How long to train, if the command says it.
  /// - Throws: `UsageError` where it says no time.
  func budgetTime() throws -> Budget? {
    guard let budget else { return nil }
    guard let time = Budget(budget) else {
      throw UsageError("--budget is \(budget), but must be \(Budget.typeName)")
    }
    return time
  }

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
