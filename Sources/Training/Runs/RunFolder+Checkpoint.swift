extension RunFolder {
  /// The checkpoint after `step` steps, or for nil the newest that verifies; standard error is told of
  /// newer ones that do not.
  /// - Throws: `FileError` when there is none, or it is damaged.
  public func verifiedCheckpoint(step: Int? = nil) throws(FileError) -> Checkpoint {
    if let step {
      let folder = checkpoints.folder(ofStep: step)
      guard checkpoints.steps.contains(step) else {
        let kept = checkpoints.steps.map { "\($0)" }
        throw FileError(
          .missing, folder,
          "there is no such checkpoint; "
            + (kept.isEmpty ? "the run has none yet" : "those of step \(oneOf(kept)) are kept"))
      }
      let checkpoint = try Checkpoint(path: folder)
      try checkpoint.verify()
      return checkpoint
    }
    let (checkpoint, passedOver) = checkpoints.latestVerified()
    if let checkpoint {
      for error in passedOver { writeToStandardError("\(Self.passingOver(error))\n") }
      return checkpoint
    }
    throw passedOver.first ?? FileError(.missing, path, "has no checkpoint yet")
  }

  /// What is said of a checkpoint that does not verify.
  public static func passingOver(_ error: FileError) -> String {
    "passing over a damaged checkpoint: \(error)"
  }

  /// Completes what a kill has cut short after that checkpoint, the newest that verifies, if there is
  /// one: `best` follows it, and what is unfinished goes. The run must be locked.
  /// - Throws: `FileError`.
  public func complete(_ checkpoint: Checkpoint?) throws(FileError) {
    for folder in [path, samplesPath] {
      for name in try folderContents(folder) where name.hasSuffix(".tmp") {
        try operations.remove("\(folder)/\(name)")
      }
    }
    try checkpoints.removeUnfinished()
    if let checkpoint { try updateBest(upTo: checkpoint) }
  }
}
