import Files

extension RunFolder {
  /// The checkpoint after `step` steps, or for nil the newest that verifies; standard error is told of
  /// newer ones that do not.
  /// - Throws: `FileError` when there is none, or it is damaged.
  public func verifiedCheckpoint(step: Int? = nil) throws(FileError) -> Checkpoint {
    if let step {
      guard checkpoints.steps.contains(step) else { throw noCheckpoint(ofStep: step) }
      do {
        let checkpoint = try checkpoints.checkpoint(ofStep: step)
        try checkpoint.verify()
        return checkpoint
      } catch {
        // A training may have removed it just now.
        throw checkpoints.steps.contains(step) ? error : noCheckpoint(ofStep: step)
      }
    }
    let (checkpoint, passedOver) = checkpoints.latestVerified()
    if let checkpoint {
      for error in passedOver { writeToStandardError("\(Self.passingOver(error))\n" as Message) }
      return checkpoint
    }
    throw passedOver.first ?? FileError(.missing, path, "has no checkpoint yet")
  }

  private func noCheckpoint(ofStep step: Int) -> FileError {
    let kept = checkpoints.steps.map { "\($0)" }
    return FileError(
      .missing, checkpoints.folder(ofStep: step),
      "there is no such checkpoint; "
        + (kept.isEmpty ? "the run has none yet" : "those of step \(oneOf(kept)) are kept"))
  }

  /// What is said of a checkpoint that does not verify.
  public static func passingOver(_ error: FileError) -> String {
    "passing over a damaged checkpoint: \(error)"
  }

  /// Completes what a kill has cut short after that checkpoint, the newest that verifies, if there is
  /// one: `best` follows it, and what is unfinished goes. The run must be held.
  /// - Throws: `FileError`.
  public func complete(_ checkpoint: Checkpoint?) throws(FileError) {
    for folder in [writable, writable / Name.samples, writable / Name.events]
    where folder.kind(followingLinks: true) == .folder {
      try operations.removeUnfinishedFiles(in: folder)
    }
    try checkpoints.removeUnfinished()
    if let checkpoint { try updateBest(upTo: checkpoint) }
  }

  /// Completes what a kill has cut short between a training's last save and its end; the run stays as it
  /// is where nothing was. The run must be locked.
  /// - Throws: `FileError`.
  public func settle(
    _ checkpoint: Checkpoint, keeping count: Int, sparing spared: Int? = nil
  ) throws(FileError) {
    try complete(checkpoint)
    try prune(after: checkpoint, keeping: count, sparing: spared)
  }
}
