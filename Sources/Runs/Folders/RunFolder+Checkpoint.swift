import Files

extension RunFolder {
  /// The checkpoint after `step` steps. For nil it is the newest that verifies, or where the model has become worse
  /// since then, the best; standard error is told so, and of newer ones that do not verify.
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
    let newest = try newestVerified()
    guard let overfit = overfit(until: newest.step) else { return newest }
    do { try overfit.best.verify() } catch {
      writeToStandardError("\(Self.passingOver(error))\n" as Message)
      return newest
    }
    writeToStandardError("\(overfit): taking that checkpoint\n" as Message)
    return overfit.best
  }

  /// The newest checkpoint that verifies; standard error is told of newer ones that do not.
  /// - Throws: `FileError` when there is none.
  func newestVerified() throws(FileError) -> Checkpoint {
    let (checkpoint, passedOver) = checkpoints.latestVerified()
    guard let checkpoint else {
      throw passedOver.first ?? FileError(.missing, path, "has no checkpoint yet")
    }
    for error in passedOver { writeToStandardError("\(Self.passingOver(error))\n" as Message) }
    return checkpoint
  }

  /// That a model has become worse since its best checkpoint, by more than the measurement's noise.
  public struct Overfit: CustomStringConvertible {
    /// The checkpoint whose measurement is the least.
    public let best: Checkpoint
    let (least, latest): (Metric, Metric)
    let step: Int

    /// Both measurements, without an end.
    public var description: String {
      """
      \(latest.name) is \(brief(latest.value)) after step \(step) and was \(brief(least.value)) after step \
      \(best.step)
      """
    }
  }

  /// How the model has become worse up to the latest of the checkpoints that are kept, up to a step, and have a
  /// measurement; nil where it has not, and where no measurement says how good the model is.
  public func overfit(until step: Int = .max) -> Overfit? {
    let measured = checkpoints.steps.filter { $0 <= step }
      .compactMap { try? checkpoints.checkpoint(ofStep: $0) }.filter { $0.metric != nil }
    guard let best, let least = best.metric, let leastNoise = least.noise,
      let last = measured.last, let latest = last.metric, let noise = latest.noise,
      last.step > best.step, latest.value - least.value > max(noise, leastNoise)
    else { return nil }
    return Overfit(best: best, least: least, latest: latest, step: last.step)
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
