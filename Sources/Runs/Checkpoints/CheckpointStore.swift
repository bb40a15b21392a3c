import Files

/// The checkpoints of a run: `step-000500`, `step-001000` and so on in one folder.
///
/// A checkpoint appears whole or not at all, whenever the program or the machine stops: it is written
/// beside its place, brought to the disk, and renamed. What is newest is told by no file of its own;
/// it is the newest that verifies.
public struct CheckpointStore: Sendable {
  let place: Place
  let operations: any FileOperations

  /// One file of a checkpoint to be written; `write` may be called twice.
  public struct File {
    let name: String
    let write: (FileWriter) throws -> Void

    /// A file with any content.
    public init(_ name: String, write: @escaping (FileWriter) throws -> Void) {
      self.name = name
      self.write = write
    }

    /// A safetensors file, F32.
    public static func safetensors(
      _ name: String, _ arrays: [NamedArray], metadata: [String: String] = [:]
    ) -> File {
      File(name) { try $0.writeSafetensors(arrays, metadata: metadata) }
    }
  }

  /// The checkpoints in that folder, which is made with the first of them.
  public init(_ place: Place, operations: any FileOperations = SystemFiles()) {
    self.place = place
    self.operations = operations
  }

  /// Their folder.
  public var path: String { place.path }

  /// The steps of which there is a checkpoint, verified or not, in rising order.
  public var steps: [Int] {
    ((try? place.contents()) ?? []).compactMap(Self.step).sorted()
  }

  /// The folder of the checkpoint after `step` steps.
  public func folder(ofStep step: Int) -> String { place(ofStep: step).path }

  private func place(ofStep step: Int) -> Place { place / Self.name(step) }

  /// The checkpoint after `step` steps; its files are not read yet.
  /// - Throws: `FileError` when its manifest is missing or damaged.
  public func checkpoint(ofStep step: Int) throws(FileError) -> Checkpoint {
    try Checkpoint(place(ofStep: step))
  }

  static func name(_ step: Int) -> String { "step-\(padded(step, 6))" }

  static func step(_ name: String) -> Int? {
    guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), Self.name(step) == name else {
      return nil
    }
    return step
  }

  /// Writes a checkpoint, and reads it back.
  ///
  /// One of the same step that verifies is left as it is, since a run has one state at a step, unless it is to be
  /// replaced; one that does not is replaced. Only its name is brought to the disk again, as that may have failed.
  /// - Parameters:
  ///   - step: How many steps have been done.
  ///   - files: Its files.
  ///   - metric: The measurement that it is compared by.
  ///   - state: What is not in arrays, such as data cursor and streams.
  ///   - isReplacing: Whether one of the same step is replaced.
  /// - Throws: `FileError`, and what the files' closures throw; earlier checkpoints are untouched.
  @discardableResult
  public func write(
    step: Int, files: [File], metric: Metric? = nil, state: some Encodable,
    replacing isReplacing: Bool = false
  ) throws -> Checkpoint {
    let place = place(ofStep: step)
    if !isReplacing, let existing = try? Checkpoint(place), (try? existing.verify()) != nil {
      try operations.syncFolder(self.place)
      return existing
    }
    if self.place.kind(followingLinks: true) == nil {
      try operations.createFolder(self.place)
      try operations.syncFolder(self.place.parent)
    }
    let clear = { if place.kind() != nil { try discard([step]) } }
    try operations.atomicFolder(place, clearing: clear) {
      try writeFiles($0, step, files, metric, state)
    }
    let checkpoint = try Checkpoint(place)
    try checkpoint.verify()
    return checkpoint
  }

  private func writeFiles(
    _ folder: Place, _ step: Int, _ files: [File], _ metric: Metric?, _ state: some Encodable
  ) throws {
    var digests: [String: FileDigest] = [:]
    for file in files {
      precondition(
        digests[file.name] == nil && file.name != Checkpoint.manifestName,
        "a checkpoint's second file named \(file.name)")
      digests[file.name] = try operations.writeSynced(folder / file.name, file.write)
    }
    let manifest = CheckpointManifest(step: step, metric: metric, files: digests, state: state)
    let bytes = try manifest.encoded()
    try operations.writeSynced(folder / Checkpoint.manifestName) { try $0.write(bytes) }
  }

  /// The newest checkpoint that verifies, if any, and what is wrong with those that are newer.
  ///
  /// A training that goes on meanwhile may remove what has just been found; then there is a newer one.
  public func latestVerified() -> (checkpoint: Checkpoint?, passedOver: [FileError]) {
    latestVerified { step throws(FileError) in
      let checkpoint = try checkpoint(ofStep: step)
      try checkpoint.verify()
      return checkpoint
    }
  }

  /// The newest checkpoint that `open` returns, and what it throws of those that are newer.
  func latestVerified(
    opening open: (_ step: Int) throws(FileError) -> Checkpoint
  ) -> (checkpoint: Checkpoint?, passedOver: [FileError]) {
    var listed: [Int] = []
    var newest: Checkpoint?
    var passedOver: [FileError] = []
    for _ in 0..<Self.mostLooks {
      let steps = steps
      if steps == listed { break }
      (listed, newest, passedOver) = (steps, nil, [])
      for step in steps.reversed() where newest == nil {
        do { newest = try open(step) } catch { passedOver.append(error) }
      }
      if passedOver.isEmpty { break }
    }
    return (newest, passedOver)
  }

  /// A training would have to remove checkpoints as often while one is opened.
  private static let mostLooks = 1000

  /// Removes old checkpoints, and what a kill has left behind.
  ///
  /// Those later than `checkpoint` go too: the run went back behind them, having found them damaged.
  /// - Parameters:
  ///   - checkpoint: The one just written.
  ///   - count: How many to keep up to this one, at least 2.
  ///   - spared: Steps whose checkpoints are kept however old they are.
  /// - Throws: `FileError`.
  public func prune(
    after checkpoint: Checkpoint, keeping count: Int = 2, sparing spared: Set<Int> = []
  ) throws(FileError) {
    let steps = steps
    let kept = Set(steps.filter { $0 <= checkpoint.step }.suffix(max(count, 2)))
    try discard(steps.filter { !kept.union(spared).contains($0) })
    try removeUnfinished()
  }

  /// Removes what a kill has left behind, which may be what fills the disk; the run must be held.
  /// - Throws: `FileError`.
  public func removeUnfinished() throws(FileError) {
    try operations.removeUnfinishedFolders(in: place) { Self.step($0) != nil }
  }

  /// Removes the checkpoints after more than `step` steps.
  /// - Throws: `FileError`.
  package func discard(after step: Int) throws(FileError) {
    try discard(steps.filter { $0 > step })
  }

  /// Removes the checkpoints after those steps; the run must be held.
  /// - Throws: `FileError`.
  func discard(_ steps: [Int]) throws(FileError) {
    for step in steps { try operations.discardFolder(place(ofStep: step)) }
  }
}
