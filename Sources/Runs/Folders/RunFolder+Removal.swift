import Files

extension RunFolder {
  /// The process that holds the run, as one does that trains it; nil where none does.
  public var holder: HeldFolder.Holder? { HeldFolder.holder(of: path) }

  /// The bytes that it takes.
  public var size: Int { folderSize(path) }

  /// Makes sure that the run may be changed by a command that removes something.
  /// - Throws: `FileError`, locked when a process holds it.
  public func checkIsFree() throws(FileError) {
    guard let holder else { return }
    throw FileError(.locked, path, "is in use by \(holder): wait until that ends, or stop it")
  }

  /// Makes sure that this is a run's own folder, which can be removed: a recipe.yaml may be anywhere.
  /// - Throws: `FileError` that says what it is instead.
  public func checkIsWhole() throws(FileError) {
    guard ![".", ".."].contains(name), Place(path).kind() == .folder else {
      throw FileError(
        .badData, path, "is not a run's folder but leads to one: name the folder itself")
    }
    guard checkpoints.place.kind() == .folder else {
      throw FileError(.badData, path, "is not a run: it has no folder named checkpoints")
    }
  }

  /// Removes the run, which must be held: it has another name before its first file goes, so that a kill leaves
  /// nothing that looks like a run.
  /// - Throws: `FileError`.
  public func discard() throws(FileError) {
    guard let folder = writable.folder else { return }
    try operations.discard(folder)
  }

  // MARK: - Its checkpoints

  /// The steps of the checkpoints that no command takes of itself: all but the newest, the newest that verifies, the
  /// best, and the latest with a measurement, by which it is seen whether the model overfits. Where none verifies,
  /// there are none to spare.
  /// - Parameter spared: A step whose checkpoint is kept, too.
  public func spareCheckpoints(sparing spared: Int? = nil) -> [Int] {
    let (steps, store) = (checkpoints.steps, checkpoints)
    guard steps.count > 1, let verified = store.latestVerified().checkpoint else { return [] }
    let measured = steps.compactMap { step in
      (try? store.checkpoint(ofStep: step))?.metric.map { (step: step, value: $0.value) }
    }
    let best = measured.min { $0.value < $1.value }
    let kept: [Int?] = [
      steps.last, verified.step, bestStep, best?.step, measured.last?.step, spared,
    ]
    return steps.filter { !kept.contains($0) }
  }

  /// The bytes that the checkpoints after those steps take.
  public func size(ofCheckpoints steps: [Int]) -> Int {
    steps.reduce(0) { $0 + folderSize(checkpoints.folder(ofStep: $1)) }
  }

  /// Removes the checkpoints after those steps, and what a kill has left of others; the run must be held.
  /// - Throws: `FileError`.
  public func discardCheckpoints(_ steps: [Int]) throws(FileError) {
    let store = CheckpointStore(writable / "checkpoints", operations: operations)
    try store.discard(steps)
    try store.removeUnfinished()
  }
}
