#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Everything that a training run leaves behind.
///
/// ```
/// runs/<name>/  recipe.yaml  command.txt  environment.json  metrics.jsonl  metrics.csv  tensorboard/
///               samples/step-000500.png  checkpoints/step-000500/  best -> checkpoints/step-000500
/// ```
public struct RunFolder: Sendable {
  /// The folder.
  public let path: String
  let operations: any FileOperations

  /// The run's name: the folder's.
  public var name: String { lastComponent(of: path) }
  /// The resolved recipe.
  public var recipePath: String { "\(path)/recipe.yaml" }
  /// The command that started it.
  public var commandPath: String { "\(path)/command.txt" }
  /// Where and with what it was started.
  public var environmentPath: String { "\(path)/environment.json" }
  /// What the data's classes are called, a line each.
  public var classesPath: String { "\(path)/classes.txt" }
  /// The page about the run, which pretrained models have.
  public var reportPath: String { "\(path)/report.html" }
  /// The log of what was measured.
  public var metricsPath: String { "\(path)/metrics.jsonl" }
  /// The same as a table.
  public var tablePath: String { "\(path)/metrics.csv" }
  /// The folder of TensorBoard's event files.
  public var eventsPath: String { "\(path)/tensorboard" }
  /// The folder of samples.
  public var samplesPath: String { "\(path)/samples" }
  /// The link to the best checkpoint.
  public var bestPath: String { "\(path)/best" }

  /// Its checkpoints.
  public var checkpoints: CheckpointStore {
    CheckpointStore(path: "\(path)/checkpoints", operations: operations)
  }

  /// The run in that folder.
  /// - Throws: `FileError` when the folder is missing or is not a run's.
  public init(path: String, operations: any FileOperations = SystemFiles()) throws(FileError) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.init(new: path, operations)
    guard fileKind(path, followingLinks: true) == .folder else {
      throw FileError(.missing, path, "there is no such run")
    }
    guard fileKind(recipePath, followingLinks: true) == .file else {
      throw FileError(.missing, path, "is not a run: it has no recipe.yaml")
    }
  }

  init(new path: String, _ operations: any FileOperations) {
    self.path = path
    self.operations = operations
  }

  /// Takes the run for this process, until the lock goes away.
  /// - Throws: `FileError`, locked when another process has it.
  public func lock(isNamed: Bool = true) throws(FileError) -> RunLock {
    try RunLock(folder: path, isNamed: isNamed)
  }

  /// Writes the resolved recipe.
  /// - Throws: `FileError`.
  public func writeRecipe(_ yaml: String) throws { try operations.atomicWrite(recipePath, yaml) }

  /// Writes the command's words, in a form that a shell takes.
  /// - Throws: `FileError`.
  public func writeCommand(_ words: [String]) throws {
    let line = words.map(shellQuoted).joined(separator: " ")
    try operations.atomicWrite(commandPath, "\(line)\n")
  }

  /// Writes where and with what the run was started.
  /// - Throws: `FileError`.
  public func writeEnvironment(_ environment: RunEnvironment) throws {
    try operations.atomicWrite(environmentPath, try environment.encoded())
  }

  /// Writes what the data's classes are called.
  /// - Throws: `FileError`.
  public func writeClasses(_ names: [String]) throws {
    let lines = names.map { $0.replacing("\n", with: " ") + "\n" }
    try operations.atomicWrite(classesPath, Array(lines.joined().utf8))
  }

  /// What the data's classes are called; empty where that was not written.
  /// - Throws: `FileError` when the file cannot be read.
  public func classNames() throws -> [String] {
    guard fileKind(classesPath, followingLinks: true) != nil else { return [] }
    let bytes = try InputFile(classesPath).readAll(limit: 1 << 20)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Where and with what the run was started.
  /// - Throws: `FileError` when the file is missing or damaged.
  public func environment() throws(FileError) -> RunEnvironment {
    try RunEnvironment(path: environmentPath)
  }

  /// The step of the checkpoint that `best` points to, or nil.
  public var bestStep: Int? {
    guard let target = try? Checkpoint(path: bestPath) else { return nil }
    return target.step
  }

  /// Lets `best` point to the checkpoint of the least measurement, if any has one, among the kept ones
  /// up to the given one.
  /// - Throws: `FileError`.
  public func updateBest(upTo checkpoint: Checkpoint) throws(FileError) {
    let measured = checkpoints.steps.filter { $0 <= checkpoint.step }.compactMap { step in
      (try? Checkpoint(path: checkpoints.folder(ofStep: step)))?.metric.map { (step, $0.value) }
    }
    guard let best = measured.min(by: { $0.1 < $1.1 }), best.0 != bestStep else { return }
    try setBest(step: best.0)
  }

  /// Lets `best` point to the checkpoint after `step` steps.
  /// - Throws: `FileError`.
  public func setBest(step: Int) throws(FileError) {
    try operations.atomicLink(bestPath, to: "checkpoints/\(CheckpointStore.name(step))")
  }

  /// Removes old checkpoints, but never the best one.
  /// - Throws: `FileError`.
  public func prune(after checkpoint: Checkpoint, keeping count: Int = 2) throws(FileError) {
    try checkpoints.prune(after: checkpoint, keeping: count, sparing: bestStep)
  }
}

/// `word` as a shell must be given it.
func shellQuoted(_ word: String) -> String {
  let plain = word.utf8.allSatisfy { byte in
    switch Character(Unicode.Scalar(byte)) {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", "=", ",", ":", "+", "@", "%": true
    default: false
    }
  }
  return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
}
