import Autograd
import Compute
import Datasets
import Files
import Images
import Runs
import Training

/// A training run from its recipe to its end.
public struct TrainingSession<R: TrainableRecipe> {
  let request: TrainingRequest
  var recipe: R
  let data: R.Data
  private var record: DataRecord
  let progress: Progress
  /// How many images will be drawn when the training is over, after learning from so many.
  public var imagesAfterwards: (_ seen: Int) -> Int = { _ in 0 }

  /// Opens the data that a recipe names.
  /// - Throws: `DatasetError`, `RecipeProblem`.
  public init(_ recipe: R, _ request: TrainingRequest) throws {
    self.request = request
    self.recipe = recipe
    progress = request.isQuiet ? Progress(to: { _ in }) : Progress()
    var opening = DataOpening(
      skipBroken: request.skipBroken,
      source: request.source?.checkpoints.latestVerified().checkpoint)
    if request.goesOn, let run = request.source {
      let learned = DataReference(recipe.dataSource, of: run, seed: recipe.loop.seed)
      opening.location = request.namesData ? nil : try learned.location()
      opening.reading = try learned.reading()
      opening.skipBroken = opening.skipBroken || learned.record.skipsBroken
    }
    data = try self.recipe.openData(opening)
    if let epochs = request.epochs {
      let steps = (epochs * self.recipe.stepsPerEpoch(data)).rounded(.up)
      self.recipe.loop.steps = Int(min(max(1, steps), 1e15))
      try self.recipe.check()
    }
    record = DataRecord(
      hash: R.hash(of: data), heldOutHash: R.heldOutHash(of: data),
      path: DataReference.path(of: opening.location ?? recipe.dataSource),
      reading: opening.reading.rawValue, skipsBroken: opening.skipBroken)
    (record.count, record.heldOutCount) = R.counts(of: data)
  }

  /// Starts a new run and trains it.
  /// - Returns: The run, where it is at the end, and how that came.
  /// - Throws: `MemoryShortage`, `FileError`, `Diverged`, and what reading the data throws.
  public mutating func start() throws -> (run: RunFolder, outcome: TrainingLoop.Outcome) {
    // What is said of the data may itself take memory to find out.
    let remarks = recipe.remarks(on: data)
    record.baseline = recipe.baseline(of: data)
    let examples = try recipe.examples(of: data)
    if needsPlan { _ = try plan() } else { recipe.settle() }
    _ = try neededMemory()
    var beginning: Checkpoint?
    request.begin()
    let run = try RunFolder.create(
      in: request.root, recipe: request.recipeName, name: request.runName
    ) { run in
      try run.writeRecipe(recipe.yaml)
      try run.writeCommand(request.command)
      let classes = recipe.classNames(of: data)
      if !classes.isEmpty { try run.writeClasses(classes) }
      try run.writeEnvironment(environment)
      do {
        switch examples {
        case .images(let images, let columns):
          let grid = ImageGrid(columns: columns).image(of: images)
          try run.writeExamples(suffix: "png", grid.pngData())
        case .text(let text): try run.writeExamples(suffix: "txt", Array(text.utf8))
        case nil: break
        }
      } catch let error as FileError {
        // Nothing but a look at the data depends on it.
        progress.say("\(lines: "\(error)"). The training goes on without it")
      }
      // Without it, a resume before the first checkpoint would begin with other weights.
      if let source = request.source {
        try run.checkpoints.write(
          step: 0, files: trainer(from: source).checkpointFiles(),
          state: TrainingState(seed: recipe.loop.seed))
      }
    }
    for remark in remarks + recipe.loop.precision.remarks { progress.say("\(lines: remark)") }
    progress.say("writing to \(run.path)")
    if request.source != nil { beginning = run.checkpoints.latestVerified().checkpoint }
    let outcome = try train(run, from: beginning)
    return (run.released, outcome)
  }

  /// A trainer that begins with a run's weights.
  private func trainer(from source: RunFolder) throws -> R.ModelTrainer {
    let (trainer, checkpoint) = (recipe.trainer(data), try source.verifiedCheckpoint())
    try trainer.start(from: checkpoint)
    // Going back from a fault would end with other weights than those asked for.
    guard trainer.optimizers.allSatisfy(\.isFinite) else {
      throw FileError(
        .badData, checkpoint.path,
        "has weights that are not finite, from which nothing is learned: gen inspect shows them")
    }
    return trainer
  }

  /// Goes on with a run from its newest checkpoint that verifies.
  /// - Returns: The run, where it is at the end, and how that came.
  /// - Throws: `FileError`, locked when another process trains it, bad data when the data is not what
  ///   the run began with; `RecipeProblem` when it has done more steps than it should; and as `start`.
  public mutating func resume(
    _ run: RunFolder
  ) throws -> (run: RunFolder, outcome: TrainingLoop.Outcome) {
    let run = try run.held()
    if needsPlan { _ = try plan() }
    _ = try neededMemory()
    let (checkpoint, stepsDone, changes, warnings) = try resumption(of: run)
    for warning in warnings { progress.say("\(warning)") }
    let planned = try RecipeDocument(path: run.recipePath).recipe(as: R.self).loop.steps
    request.begin()
    if !changes.isEmpty {
      try run.rewriteRecipe(recipe.yaml, after: stepsDone, changes: changes)
    }
    // A run gets what it had no record of, such as a checksum of what is held out, and where its data
    // is now.
    var beginning = try run.environment()
    record.baseline = beginning.baseline
    if beginning.data != record {
      beginning.data = record
      try run.writeEnvironment(beginning)
    }
    try run.complete(checkpoint)
    if let reason = run.failureReason {
      try run.removeFaultReport()
      progress.say("resuming though it failed: \(reason)")
    }
    progress.say("resuming \(run.path) after \(stepsDone) steps")
    for remark in recipe.loop.precision.remarks { progress.say("\(lines: remark)") }
    for change in changes { progress.say("from now on \(change)") }
    if recipe.optimizer.schedule.kind != .constant {
      if request.moreTime != nil {
        progress.say(
          "the learning rate is the full one again, and falls at the end of the time (warm restart)"
        )
      } else if recipe.loop.budget == nil && recipe.loop.steps != planned {
        progress.say(
          "the learning rate goes on as in a training of \(recipe.loop.steps) steps from the beginning"
        )
      }
    }
    let outcome = try train(run, from: checkpoint)
    return (run.released, outcome)
  }

  /// Where a resume of a run begins, and what is then other than before.
  /// - Throws: as `resume`.
  public func resumption(
    of run: RunFolder
  ) throws -> (checkpoint: Checkpoint?, stepsDone: Int, changes: [String], warnings: [String]) {
    let beginning = try run.environment()
    try DataReference(recipe.dataSource, of: run, seed: recipe.loop.seed).check(
      hash: record.hash, heldOutHash: record.heldOutHash, at: record.path ?? recipe.dataSource,
      remedy: "start another run with --from \(run.name)")
    let (checkpoint, passedOver) = run.checkpoints.latestVerified()
    let stepsDone = checkpoint?.step ?? 0
    guard recipe.loop.steps >= stepsDone else {
      throw RecipeProblem(
        "steps", "\(recipe.loop.steps), but \(run.name) has done \(stepsDone) already")
    }
    let changes =
      try RecipeDocument(path: run.recipePath).recipe(as: R.self).changes(in: recipe)
      // The steps say it.
      .filter { $0.key != "budget.decisions" }
      .map { "\($0.key) was \($0.was), is \($0.now)" } + environment.changes(since: beginning)
    let warnings =
      environment.changes(since: beginning).map { "warning: not as when the run began: \($0)" }
      + passedOver.map(RunFolder.passingOver)
    return (checkpoint, stepsDone, changes, warnings)
  }

  /// Where and with what this process trains.
  private var environment: RunEnvironment {
    var environment = RunEnvironment(
      version: request.version, dataHash: nil, source: SourceState.ofProgram)
    environment.data = record
    return environment
  }

  private func train(_ run: RunFolder, from checkpoint: Checkpoint?) throws -> TrainingLoop.Outcome
  {
    let (version, recipe, seed) = (request.version, recipe, recipe.loop.seed)
    var loop = TrainingLoop(run: run, options: recipe.loop, progress: progress) { step in
      let drawn = recipe.previewProvenance(after: step)
      return Provenance(
        version: version, run: run.name, step: step, seed: seed, sampler: drawn.sampler,
        command: ["gen", "sample", run.name, "--step", "\(step)", "--seed", "\(seed)"]
          + drawn.flags
      ).text
    }
    let (begun, before) = (request.begun, try timeTaken(until: checkpoint))
    loop.clock = { before + seconds(.now - begun) }
    loop.keepPlan = { plan in
      var changed = recipe
      changed.loop.adopt(plan)
      try run.rewriteRecipe(changed.yaml, after: 0, changes: [])
    }
    loop.ending = { [imagesAfterwards, imagesPerStep = recipe.batch * recipe.accumulate] steps in
      let images = imagesAfterwards(steps * imagesPerStep)
      return Double(images * recipe.passesPerImage) / Double(3 * imagesPerStep)
    }
    let outcome = try inPrecision { try loop(recipe.trainer(data), from: checkpoint) }
    if !outcome.isInterrupted, let best = run.best?.metric,
      let summary = recipe.summary(data, best: best)
    {
      progress.say("\(lines: summary)")
    }
    return outcome
  }

  /// Runs what trains, or tries what that takes, with the recipe's precision.
  func inPrecision<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Precision.$current.withValue(recipe.loop.precision, operation: body)
  }

  /// How many seconds a training had taken at a checkpoint; 0 where it had no budget.
  func timeTaken(until checkpoint: Checkpoint?) throws -> Double {
    try checkpoint?.state(as: TrainingState.self).seconds ?? 0
  }

  /// The images that a generator learns from; nil where none is trained.
  public var trainingImages: ImageDataset? { recipe.trainingImages(in: data) }

  /// The recipe as it will be run, with the data's part filled in.
  public var resolvedRecipe: R { recipe }

  /// Makes sure that a new run could begin: that its name is free, and that the weights to start from fit.
  /// - Throws: as `start`.
  public func checkBeginning() throws {
    if let name = request.runName { try RunFolder.checkName(name, in: request.root) }
    guard let source = request.source else { return }
    _ = try neededMemory()
    _ = try trainer(from: source)
  }
}
