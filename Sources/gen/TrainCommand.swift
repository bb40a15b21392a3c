import ArgumentParser
import Compute
import Files
import Models
import Reports
import Runs
import Training

/// `gen train`: learns from data, and writes a run.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a model, or resumes a run.",
    discussion: """
      gen train gan                                   clothes: Fashion-MNIST
      gen train diffusion                             the same, out of noise
      gen train gan-photos --data ~/photos --budget 2h
      gen train classifier                            what gen eval measures with
      gen train transformer --data book.txt           to write like a book
      gen train --from transformer-kjv --data book.txt    from its weights
      gen train gan --set model.channels=32 --dry-run
      gen train --resume                              the newest run
      gen train --resume gan-001 --steps 4000         longer than planned
      gen train --resume gan-001 --steps +500         500 more than it has done
      gen train --resume gan-001 --budget 10m         ten more minutes

      A resumed run may have other steps, rates, and times to log, sample,
      evaluate and save; each change is a comment in its recipe.yaml. A run that
      has ended resumes with more --steps or --patience alone.

      Ctrl-C, kill and a closed terminal end it after a checkpoint, with the exit
      status 130, 143 or 129; a second Ctrl-C ends it at once. Under nohup it
      continues.
      """)

  @Argument(
    help: ArgumentHelp(
      "A recipe's name (\(Recipes.names.joined(separator: ", "))) or file; after --resume, the run.",
      valueName: "recipe"),
    completion: .recipes)
  var what: String?

  @Flag(help: "Resume a run from its newest checkpoint.")
  var resume = false

  @Option(
    help: ArgumentHelp(
      "What to learn from: fashion-mnist, mnist, cifar10, shapes or a folder of images; fortunes, a "
        + "text file or a folder of them.", valueName: "what"),
    completion: .data)
  var data: String?

  @Option(help: ArgumentHelp("A new run's name.", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp("The folder of all runs.", valueName: "folder"), completion: .directory)
  var runs = RunLookup.root

  @Option(
    help: ArgumentHelp(
      "Training steps in all; with --resume, +n are n more than done.", valueName: "n"))
  var steps: String?

  @Option(
    help: ArgumentHelp(
      "How often to learn from as much as the data has: decides the steps.", valueName: "n"))
  var epochs: String?

  @Option(
    help: ArgumentHelp(
      "How long to train, such as 10m, or, with --resume, to train on: decides the steps.",
      valueName: "time"))
  var budget: String?

  @Option(
    help: ArgumentHelp(
      "Start a new run from the weights of this run or pretrained model.", valueName: "run"),
    completion: .runs())
  var from: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Change a key of the recipe.", valueName: "key=value"),
    completion: .settings)
  var settings: [String] = []

  @Option(help: ArgumentHelp("Learning rate: optimizer.learning_rate.", valueName: "x"))
  var learningRate: String?

  @Option(help: ArgumentHelp("Batch size: batch.", valueName: "n"))
  var batchSize: String?

  @Option(
    help: ArgumentHelp(
      "What products are rounded to: \(Precision.typeName).", valueName: "type"),
    completion: .list(Precision.choices))
  var precision: String?

  @Option(help: ArgumentHelp("Seed of all random numbers.", valueName: "n"))
  var seed: String?

  @Option(help: ArgumentHelp("Steps from one line of metrics to the next.", valueName: "n"))
  var logEvery: String?

  @Option(
    help: ArgumentHelp(
      "Early stopping: end after so many evaluations without a new best.", valueName: "n"))
  var patience: String?

  @Option(help: ArgumentHelp("How many checkpoints to keep.", valueName: "n"))
  var keep: String?

  @Flag(help: "Leave out images that cannot be read.")
  var skipBroken = false

  @Flag(help: "Print the resolved recipe, memory and time, and train nothing.")
  var dryRun = false

  @Flag(help: "Say nothing but errors; the run's name goes to standard output in any case.")
  var quiet = false

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if runs.isEmpty { throw ValidationError("--runs is empty, but must name a folder") }
    if name?.isEmpty == true { throw ValidationError("--name is empty, but must name a run") }
    if data?.isEmpty == true {
      throw ValidationError("--data is empty, but must name a data set, a folder or a file")
    }
    let setsSteps = steps != nil || settings.contains { $0.hasPrefix("steps=") }
    for (flag, isGiven, others) in [
      ("--budget", budget != nil, [("--steps", setsSteps), ("--epochs", epochs != nil)]),
      ("--epochs", epochs != nil, [("--steps", setsSteps)]),
    ] where isGiven {
      for (other, isGiven) in others where isGiven {
        throw ValidationError("\(flag) decides the steps: leave \(other) out")
      }
    }
    guard resume else { return }
    for (flag, isGiven, reason) in [
      ("--name", name != nil, "it has its name: rename its folder"),
      ("--from", from != nil, "it has its weights: start a new run from others"),
    ] where isGiven {
      throw ValidationError("\(flag) does not go with --resume, as \(reason)")
    }
  }

  func run() throws {
    try compute.apply()
    Interrupts.makeWritesFail()
    if resume { return try goOn() }
    if let what {
      let document = try Recipes.document(what)
      return try start(recipeKind(of: document), document, named: Recipes.runName(what))
    }
    guard let from else {
      throw UsageError("say what to train: \(Recipes.names.joined(separator: ", ")), or a file")
    }
    // The run says how it was trained.
    let document = try RecipeDocument(path: RunLookup.find(from).recipePath)
    try start(recipeKind(of: document), document, named: document.kind)
  }

  func request(recipeName: String) throws -> TrainingRequest {
    var request = TrainingRequest(
      recipeName: recipeName, command: ["gen"] + CommandLine.arguments.dropFirst(),
      version: Gen.version)
    request.runName = name
    request.root = runs
    request.skipBroken = skipBroken
    request.isQuiet = quiet
    // Until there is something to save, a signal ends the program at once.
    request.begin = { Interrupts.handle() }
    request.source = try from.map { try RunLookup.find($0) }
    if resume { request.moreTime = try budgetTime() }
    request.epochs = try epochs.map { text in
      guard let count = Double(text), count > 0, count.isFinite else {
        throw UsageError("--epochs is \(text), but must be a number above 0, such as 10 or 0.5")
      }
      return count
    }
    return request
  }

  private func start<R: TrainableRecipe>(
    _ kind: R.Type, _ document: RecipeDocument, named recipeName: String
  ) throws {
    try checkSkipping(kind)
    var session = try session(kind, document, named: recipeName)
    if dryRun {
      try session.checkBeginning()
      let estimate = try session.plan()
      return printPlan(session.resolvedRecipe, estimate)
    }
    countComparison(in: &session)
    let (run, outcome) = try session.start()
    try end(session, run, outcome)
  }

  /// What is said of a text that cannot be read is how to bring it to a form that can.
  private func checkSkipping(_ kind: any TrainableRecipe.Type) throws {
    guard skipBroken, kind.output == .text else { return }
    throw UsageError("--skip-broken is for images, but a \(kind.kind) learns from text")
  }

  private func goOn() throws {
    let run = try RunLookup.find(what, in: runs)
    let document = try RecipeDocument(path: run.recipePath)
    try goOn(run, recipeKind(of: document), document)
  }

  private func goOn<R: TrainableRecipe>(
    _ run: RunFolder, _ kind: R.Type, _ document: RecipeDocument
  ) throws {
    let old = try document.recipe(as: kind)
    let asked = try overrides(after: run.checkpoints.latestVerified().checkpoint?.step ?? 0)
    let new = try document.recipe(as: kind, overriding: asked, remark: say)
    let refused = old.changes(in: new).filter { !Recipes.mayChange($0.key) }
    guard refused.isEmpty else {
      let rows = [["KEY", "WAS", "NOW"]] + refused.map { [$0.key, $0.was, $0.now] }
      throw UsageError(
        "what makes up the model, its data and its batches cannot change in a run that has begun:\n"
          + "\(table(rows))\nstart another with --from \(run.name)")
    }
    try checkSkipping(kind)
    if try budget == nil && epochs == nil && hasEnded(run, old, new, kind) { return }
    var request = try request(recipeName: run.name)
    (request.source, request.goesOn) = (run, true)
    request.namesData = asked.contains { $0.key == "data.source" }
    sayWhatIsRead(new.dataSource)
    var session = try TrainingSession(new, request)
    if dryRun {
      let estimate = try session.plan()
      let (_, stepsDone, changes, warnings) = try session.resumption(of: run)
      for warning in warnings { say("\(warning)") }
      return printPlan(session.resolvedRecipe, estimate, after: stepsDone, changes)
    }
    countComparison(in: &session)
    let (resumed, outcome) = try session.resume(run)
    try end(session, resumed, outcome)
  }

  private func printPlan<R: TrainableRecipe>(
    _ recipe: R, _ estimate: TrainingSession<R>.Estimate, after stepsDone: Int? = nil,
    _ changes: [String] = []
  ) {
    print("\(lines: recipe.yaml)", terminator: "")
    for change in changes { print("# from now on \(change)") }
    let steps = recipe.loop.steps - (stepsDone ?? 0)
    if let stepsDone { print("# steps: \(stepsDone) of \(recipe.loop.steps) done, \(steps) left") }
    print("# parameters: \(estimate.parameters)")
    print("# memory: about \(estimate.memory >> 20) MiB")
    print(
      """
      # time: about \(duration(estimate.secondsPerStep * Double(steps))), \
      \(fixed(estimate.secondsPerStep * 1000, 1)) ms a step
      """)
  }
}
