extension RunFolder {
  /// The checkpoint after `step` steps, or for nil the newest that verifies.
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
    if let checkpoint { return checkpoint }
    throw passedOver.first ?? FileError(.missing, path, "has no checkpoint yet")
  }
}
