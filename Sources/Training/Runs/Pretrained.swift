import Foundation

/// Trained models that come along with the program: runs without what only training needs.
public enum Pretrained {
  /// Where they are looked for, in turn: in $GEN_HOME, beside the program's folder, and in the source's
  /// `samples` where one works there.
  public static var folders: [String] {
    let home = ProcessInfo.processInfo.environment["GEN_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let program = Bundle.main.executablePath.map { folder(of: $0) }
    return [home, program.map { "\($0)/../share/gen" }, "samples/pretrained"].compactMap { $0 }
  }

  /// The model of that name, or nil where there is none.
  public static func find(_ name: String) -> RunFolder? {
    folders.lazy.compactMap { try? RunFolder(path: "\($0)/\(name)") }.first
  }

  /// All models that are found by name, in the order of their names.
  public static var all: [RunSummary] {
    let names = Set(folders.flatMap { (try? folderContents($0)) ?? [] })
    return names.filter { !$0.hasPrefix(".") }.sorted().compactMap(find).map(RunSummary.init)
  }
}

extension RunFolder {
  /// Writes a folder with what it takes to use the run, whole or not at all: the recipe, the command and
  /// the machine that made it, and of a checkpoint the averaged weights and the tokenizer.
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
    let weights = try checkpoint.tensors("ema.safetensors")
    let arrays = try weights.entries.map { entry in
      let values = try weights.values(entry.name)
      try weights.checkFinite(values, of: entry.name)
      return NamedArray(entry.name, values)
    }
    let documents = try checkpoint.fileNames.filter { $0.hasSuffix(".json") }.map { name in
      (name: name, bytes: try checkpoint.open(name).readAll(limit: 1 << 30))
    }
    var texts = [(name: lastComponent(of: recipePath), bytes: Array(try sharedRecipe().utf8))]
    if let command = try sharedCommand() {
      texts.append((lastComponent(of: commandPath), Array("\(command)\n".utf8)))
    }
    if fileKind(environmentPath) != nil {
      texts.append((lastComponent(of: environmentPath), try sharedEnvironment()))
    }
    texts += try [classesPath, reportPath].filter { fileKind($0) != nil }.map { text in
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
      let stored = CheckpointStore.File("ema.safetensors") {
        try $0.writeSafetensors(arrays, metadata: weights.metadata, as: type)
      }
      try CheckpointStore(folder / "checkpoints", operations: operations).write(
        step: checkpoint.step,
        files: [stored] + documents.map { file in .init(file.name) { try $0.write(file.bytes) } },
        metric: checkpoint.metric, state: checkpoint.state(as: TrainingState.self))
    }
  }
}
