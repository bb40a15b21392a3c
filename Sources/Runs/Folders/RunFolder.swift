import CLibrary
import Files

/// Everything that a training run leaves behind.
///
/// ```
/// runs/<name>/  recipe.yaml  command.txt  environment.json  metrics.jsonl  metrics.csv  timings.jsonl  tensorboard/
///               training.png  samples/step-000500.png  checkpoints/step-000500/  best -> checkpoints/step-000500
/// ```
///
/// To write to it, a process holds it: then its paths are where it is now, should it be given another
/// name.
public struct RunFolder: Sendable {
  package let place: Place
  package let operations: any FileOperations

  /// The folder.
  public var path: String { place.path }
  /// The run's name: the folder's.
  public var name: String { lastComponent(of: path) }
  /// The resolved recipe.
  public var recipePath: String { (place / Name.recipe).path }
  /// The command that started it.
  public var commandPath: String { (place / Name.command).path }
  /// Where and with what it was started.
  public var environmentPath: String { (place / Name.environment).path }
  /// What the data's classes are called, a line each.
  public var classesPath: String { (place / Name.classes).path }
  /// The page about the run, which pretrained models have.
  public var reportPath: String { "\(path)/report.html" }
  /// The log of what was measured.
  public var metricsPath: String { (place / Name.metrics).path }
  /// The same as a table.
  public var tablePath: String { (place / Name.table).path }
  /// The folder of TensorBoard's event files.
  public var eventsPath: String { (place / Name.events).path }
  /// The folder of samples.
  public var samplesPath: String { (place / Name.samples).path }
  /// The link to the best checkpoint.
  public var bestPath: String { (place / Name.best).path }

  /// Its checkpoints.
  public var checkpoints: CheckpointStore {
    CheckpointStore(place / "checkpoints", operations: operations)
  }

  /// The run in that folder.
  /// - Throws: `FileError` when the folder is missing or is not a run's.
  public init(path: String, operations: any FileOperations = SystemFiles()) throws(FileError) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.init(Place(path), operations)
    guard place.kind(followingLinks: true) == .folder else {
      throw FileError(.missing, path, "there is no such run")
    }
    guard (place / Name.recipe).kind(followingLinks: true) == .file else {
      throw FileError(.missing, path, "is not a run: it has no recipe.yaml")
    }
  }

  init(_ place: Place, _ operations: any FileOperations) {
    self.place = place
    self.operations = operations
  }

  /// The names of what it has.
  package enum Name {
    static let recipe = "recipe.yaml"
    static let command = "command.txt"
    static let environment = "environment.json"
    static let classes = "classes.txt"
    package static let metrics = "metrics.jsonl"
    static let table = "metrics.csv"
    static let timings = "timings.jsonl"
    static let events = "tensorboard"
    static let samples = "samples"
    static let examples = "training"
    static let best = "best"
  }

  // MARK: - Holding it

  /// The run, held by this process until the last copy of what is returned goes away.
  /// - Parameter isNamed: Whether the process writes its number into the lock, for others' messages.
  /// - Throws: `FileError`, locked when another process has it.
  public func held(isNamed: Bool = true) throws(FileError) -> RunFolder {
    RunFolder(try HeldFolder(locking: path, isNamed: isNamed).place, operations)
  }

  /// The run where it is now, no longer held.
  public var released: RunFolder { RunFolder(Place(path), operations) }

  /// Where is written: in a run that is held.
  package var writable: Place {
    precondition(place.folder != nil, "a run that is written to must be held")
    return place
  }

  /// Makes sure that a run that is held is still there.
  /// - Throws: `FileError`, lost when it is not.
  package func check() throws(FileError) { try place.folder?.check() }

  // MARK: - Its files

  /// Writes the resolved recipe.
  /// - Throws: `FileError`.
  public func writeRecipe(_ yaml: String) throws {
    try operations.atomicWrite(writable / Name.recipe, yaml)
  }

  /// Writes the command's words, in a form that a shell takes.
  /// - Throws: `FileError`.
  public func writeCommand(_ words: [String]) throws {
    let line = words.map(shellQuoted).joined(separator: " ")
    try operations.atomicWrite(writable / Name.command, "\(line)\n")
  }

  /// Writes where and with what the run was started.
  /// - Throws: `FileError`.
  public func writeEnvironment(_ environment: RunEnvironment) throws {
    try operations.atomicWrite(writable / Name.environment, try environment.encoded())
  }

  /// Writes what the data's classes are called.
  /// - Throws: `FileError`.
  public func writeClasses(_ names: [String]) throws {
    let lines = names.map { oneLine($0) + "\n" }
    try operations.atomicWrite(writable / Name.classes, Array(lines.joined().utf8))
  }

  /// What the data's classes are called, each on one line; empty where that was not written.
  /// - Throws: `FileError` when the file cannot be read.
  public func classNames() throws -> [String] {
    guard fileKind(classesPath, followingLinks: true) != nil else { return [] }
    let bytes = try InputFile(classesPath).readAll(limit: 1 << 20)
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    // Where all have a carriage return, an editor has put it there; else it is of a folder's name, and was
    // not yet escaped when the run began.
    let isWindows = lines.allSatisfy { $0.last == UInt8(ascii: "\r") }
    return lines.map { oneLine(String(decoding: isWindows ? $0.dropLast() : $0, as: UTF8.self)) }
  }

  /// Where and with what the run was started.
  /// - Throws: `FileError` when the file is missing or damaged.
  public func environment() throws(FileError) -> RunEnvironment {
    try RunEnvironment(path: environmentPath)
  }

  /// The checkpoint that `best` points to, or nil. One that a training removes meanwhile has a
  /// successor.
  public var best: Checkpoint? {
    for _ in 0..<3 { if let checkpoint = try? Checkpoint(place / Name.best) { return checkpoint } }
    return nil
  }

  /// The step of the checkpoint that `best` points to, or nil.
  public var bestStep: Int? { best?.step }

  /// Lets `best` point to the checkpoint of the least measurement, if any has one, among the kept ones
  /// up to the given one.
  /// - Throws: `FileError`.
  public func updateBest(upTo checkpoint: Checkpoint) throws(FileError) {
    let measured = checkpoints.steps.filter { $0 <= checkpoint.step }.compactMap { step in
      (try? checkpoints.checkpoint(ofStep: step))?.metric.map { (step, $0.value) }
    }
    guard let best = measured.min(by: { $0.1 < $1.1 }), best.0 != bestStep else { return }
    try setBest(step: best.0)
  }

  /// Lets `best` point to the checkpoint after `step` steps.
  /// - Throws: `FileError`.
  public func setBest(step: Int) throws(FileError) {
    try operations.atomicLink(writable / Name.best, to: "checkpoints/\(CheckpointStore.name(step))")
  }

  /// Removes old checkpoints, but never the best one or that of the step `spared`.
  /// - Throws: `FileError`.
  public func prune(
    after checkpoint: Checkpoint, keeping count: Int = 2, sparing spared: Int? = nil
  ) throws(FileError) {
    try checkpoints.prune(
      after: checkpoint, keeping: count, sparing: Set([bestStep, spared].compactMap { $0 }))
  }
}

/// `word` as a shell must be given it.
package func shellQuoted(_ word: String) -> String {
  let plain = word.utf8.allSatisfy { byte in
    switch Character(Unicode.Scalar(byte)) {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", "=", ",", ":", "+", "@", "%": true
    default: false
    }
  }
  return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
}
