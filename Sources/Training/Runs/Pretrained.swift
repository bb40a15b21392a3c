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
}

extension RunFolder {
  /// Writes a folder with what it takes to use the run, whole or not at all: the recipe, the command and
  /// the machine that made it, and of a checkpoint the averaged weights and the tokenizer.
  ///
  /// - Parameter step: which checkpoint; nil for the newest that verifies.
  /// - Throws: `FileError` when the run cannot be read, something stands at `path` already, or it
  ///   cannot be written.
  public func writePretrained(to path: String, step: Int? = nil) throws {
    let checkpoint = try verifiedCheckpoint(step: step)
    let names = checkpoint.fileNames.filter { $0 == "ema.safetensors" || $0.hasSuffix(".json") }
    let files = try names.map { name in
      (name: name, bytes: try InputFile(checkpoint.file(name)).readAll(limit: 1 << 30))
    }
    let paths = [recipePath, commandPath, environmentPath, classesPath]
    let texts = try paths.filter { fileKind($0) != nil }.map { text in
      (name: lastComponent(of: text), bytes: try InputFile(text).readAll(limit: 1 << 20))
    }
    try operations.createFolders(folder(of: path))
    try operations.newFolder(path) { folder in
      for text in texts {
        try operations.writeSynced("\(folder)/\(text.name)") { try $0.write(text.bytes) }
      }
      try CheckpointStore(path: "\(folder)/checkpoints", operations: operations).write(
        step: checkpoint.step,
        files: files.map { file in .init(file.name) { try $0.write(file.bytes) } },
        metric: checkpoint.metric, state: checkpoint.state(as: TrainingState.self))
    }
  }
}
