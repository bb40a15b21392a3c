import Files
import Runs
import Training

extension RunFolder {
  /// Writes a folder with what it takes to use the run, whole or not at all: the recipe, the command and
  /// the machine that made it, and of a checkpoint, and of an earlier one that it is guided by, the averaged weights
  /// and the tokenizer.
  ///
  /// - Parameters:
  ///   - step: which checkpoint; nil for the newest that verifies.
  ///   - type: how the weights are stored: F32, or BF16, to which they are rounded, ties to even.
  ///   - report: the page about the run, where its folder has none yet.
  /// - Throws: `FileError` when the run cannot be read, something stands at `path` already, or it
  ///   cannot be written.
  public func writePretrained(
    to path: String, step: Int? = nil, as type: SafetensorsType = .f32, report: String? = nil
  ) throws {
    let checkpoint = try verifiedCheckpoint(step: step)
    // A diffusion that is guided by an earlier checkpoint of its own is not itself without it.
    let guide = try guideStep(of: checkpoint).map { try verifiedCheckpoint(step: $0) }
    let stored = try [guide, checkpoint].compactMap { $0 }.map { try averaged($0, as: type) }
    var texts = [(name: lastComponent(of: recipePath), bytes: Array(try sharedRecipe().utf8))]
    if let command = try sharedCommand() {
      texts.append((lastComponent(of: commandPath), Array("\(command)\n".utf8)))
    }
    if fileKind(environmentPath) != nil {
      texts.append((lastComponent(of: environmentPath), try sharedEnvironment()))
    }
    let others = [classesPath, reportPath] + (examplesPath.map { [$0] } ?? [])
    texts += try others.filter { fileKind($0) != nil }.map { text in
      (name: lastComponent(of: text), bytes: try InputFile(text).readAll(limit: 1 << 26))
    }
    if let report, fileKind(reportPath) == nil {
      texts.append((name: lastComponent(of: reportPath), bytes: Array(report.utf8)))
    }
    let place = Place(path)
    try operations.createFolders(place.parent)
    try operations.newFolder(place) { folder in
      for text in texts {
        try operations.writeSynced(folder / text.name) { try $0.write(text.bytes) }
      }
      let checkpoints = CheckpointStore(folder / "checkpoints", operations: operations)
      for (checkpoint, files) in stored {
        try checkpoints.write(
          step: checkpoint.step, files: files, metric: checkpoint.metric,
          state: checkpoint.state(as: TrainingState.self))
      }
    }
  }

  /// The earlier step whose weights a diffusion of that checkpoint is guided by, if there is one.
  private func guideStep(of checkpoint: Checkpoint) throws -> Int? {
    let document = try RecipeDocument(path: recipePath)
    guard document.kind == DiffusionRecipe.kind else { return nil }
    let step = try document.recipe(as: DiffusionRecipe.self).autoguidance(after: checkpoint.step)?
      .step
    return step.flatMap { checkpoints.steps.contains($0) ? $0 : nil }
  }

  /// What it takes to use a checkpoint: the averaged weights, and the tokenizer.
  private func averaged(
    _ checkpoint: Checkpoint, as type: SafetensorsType
  ) throws -> (checkpoint: Checkpoint, files: [CheckpointStore.File]) {
    let weights = try checkpoint.tensors("ema.safetensors")
    let arrays = try weights.entries.map { entry in
      let values = try weights.values(entry.name)
      try weights.checkFinite(values, of: entry.name)
      return NamedArray(entry.name, values)
    }
    let stored = CheckpointStore.File("ema.safetensors") {
      try $0.writeSafetensors(arrays, metadata: weights.metadata, as: type)
    }
    let documents = try checkpoint.fileNames.filter { $0.hasSuffix(".json") }.map { name in
      let bytes = try checkpoint.open(name).readAll(limit: 1 << 30)
      return CheckpointStore.File(name) { try $0.write(bytes) }
    }
    return (checkpoint, [stored] + documents)
  }
}
