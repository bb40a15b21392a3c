import Files
import Runs

extension TrainingLoop {
  /// How often a training goes back before it gives up.
  static var mostFaults: Int { 2 }

  /// Keeps what there is to see of a fault, and goes back to the last checkpoint before it, with half
  /// the rate.
  /// - Returns: A trainer there, and its state.
  /// - Throws: `Diverged` when the training has gone back often enough; `FileError`.
  func recover<T: Trainer>(
    from fault: NumericalFault, of trainer: T, _ state: TrainingState, _ make: () throws -> T
  ) throws -> (trainer: T, state: TrainingState) {
    let step = trainer.stepsDone
    progress.endLine()
    try run.check()
    let evidence = keep(fault, trainer, state)
    try run.check()
    guard state.faults.count < Self.mostFaults else {
      let faults = state.faults + [.init(step: step, finding: "\(fault)", wentBackTo: step)]
      let error = Diverged(run: run.path, step: step, fault: fault, evidence: evidence)
      try? run.writeFaultReport(error, faults)
      throw error
    }
    let (sound, checkpoint) = try trainerBefore(step - fault.stepsSinceSound, make)
    try run.goBack(to: checkpoint)
    var soundState =
      try checkpoint?.state(as: TrainingState.self) ?? TrainingState(seed: options.seed)
    soundState.faults =
      state.faults + [.init(step: step, finding: "\(fault)", wentBackTo: sound.stepsDone)]
    progress.say(
      """
      after step \(step) \(fault)\
      \(evidence.map { "; the batch and the weights are in \($0)" } ?? "")\
      .\nGoing back to step \(sound.stepsDone) with the rate times \
      \(fixed(soundState.rateFactor, 2)), for the \(ordinal(soundState.faults.count)) time of \
      \(Self.mostFaults)
      """)
    return (sound, soundState)
  }

  /// A trainer at the last checkpoint up to a step that verifies and whose weights are all finite, or a
  /// new one.
  private func trainerBefore<T: Trainer>(
    _ step: Int, _ make: () throws -> T
  ) throws -> (trainer: T, checkpoint: Checkpoint?) {
    for place in run.checkpoints.steps.reversed() where place <= step {
      guard let checkpoint = try? run.checkpoints.checkpoint(ofStep: place),
        (try? checkpoint.verify()) != nil
      else { continue }
      let trainer = try make()
      try trainer.restore(checkpoint)
      if trainer.optimizers.allSatisfy(\.isFinite) { return (trainer, checkpoint) }
    }
    return (try make(), nil)
  }

  /// Saves the batch and the weights that did not go together.
  /// - Returns: Where they are; nil where that failed.
  private func keep(
    _ fault: NumericalFault, _ trainer: some Trainer, _ state: TrainingState
  ) -> String? {
    let batch = CheckpointStore.File.safetensors("batch.safetensors", fault.batch)
    let files = (fault.batch.isEmpty ? [] : [batch]) + trainer.checkpointFiles()
    do {
      return try run.faults.write(step: trainer.stepsDone, files: files, state: state).path
    } catch {
      progress.say("what went wrong could not be kept: \(error)")
      return nil
    }
  }
}

private func ordinal(_ number: Int) -> String { number == 1 ? "first" : "second" }

/// A training that has failed, since going back to a checkpoint did not help; or whose first steps,
/// done to see how long they take, have come to such an end.
public struct Diverged: Error, CustomStringConvertible {
  /// The run with the report; nil where there is none yet.
  let run: String?
  let step: Int
  let fault: NumericalFault
  let evidence: String?

  init(run: String, step: Int, fault: NumericalFault, evidence: String?) {
    (self.run, self.step, self.fault, self.evidence) = (run, step, fault, evidence)
  }

  /// What befell a training that writes no run.
  public init(step: Int, fault: NumericalFault) {
    (run, self.step, self.fault, evidence) = (nil, step, fault, nil)
  }

  /// What was seen, and what to try.
  public var description: String {
    let end = fault.isCollapse ? "collapsed" : "diverged"
    var lines = ["the training \(end): after step \(step) \(fault)"]
    if let evidence { lines.append("The batch and the weights are in \(evidence).") }
    if case .data? = fault.origin?.source {
      lines.append("A number of the data is not finite: gen data check may find the file.")
    } else {
      lines.append(
        "Try a lower rate, such as --set optimizer.learning_rate=0.0001, or "
          + "--set optimizer.max_gradient_norm=1.")
    }
    if let run {
      lines.append("The report is \(run)/\(RunFolder.faultReportName); the checkpoints are kept.")
    }
    return lines.joined(separator: "\n")
  }
}

extension RunFolder {
  /// Takes out of the way what came after a checkpoint, or all checkpoints where there is none to go
  /// back to: another course of the training will have the same steps.
  /// - Throws: `FileError`.
  func goBack(to checkpoint: Checkpoint?) throws {
    try checkpoints.discard(after: checkpoint?.step ?? -1)
    if let checkpoint { try updateBest(upTo: checkpoint) }
  }

  /// Writes what became of a training that failed.
  /// - Throws: `FileError`.
  func writeFaultReport(_ error: Diverged, _ faults: [TrainingState.Fault]) throws {
    var text = "\(error)\n\nWhat happened:\n"
    for fault in faults {
      text += "after step \(fault.step): \(fault.finding)"
      text +=
        fault == faults.last
        ? "; given up\n" : "; went back to step \(fault.wentBackTo) with half the rate\n"
    }
    try operations.atomicWrite(writable / Self.faultReportName, text)
  }
}
