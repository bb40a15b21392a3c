import Files
import Runs

/// Drives a trainer through its steps: metrics, previews, checkpoints, and an orderly end.
public struct TrainingLoop {
  /// The run that it writes to.
  public let run: RunFolder
  /// How long and how often.
  public let options: LoopOptions
  /// Where it says how far it is.
  public let progress: Progress
  /// The text chunks of a preview's file, at a step.
  public let provenance: (_ step: Int) -> [(key: String, value: String)]
  /// Keeps, for a resume, what a budget has decided; the training goes by it once it is kept.
  public var keepPlan: (StepPlan) throws -> Void = { _ in }
  /// How many seconds the training has taken that is going on.
  public var clock: () -> Double = { 0 }
  /// How many steps take as long as what comes after a training of so many, which counts to its time.
  public var ending: (_ steps: Int) -> Double = { _ in 0 }
  /// Asks whether the training is to end now, and by which signal.
  var interrupt: () -> Int32? = { Interrupts.request }

  /// How a training ended.
  public enum Outcome: Equatable, Sendable {
    /// All steps are done.
    case finished
    /// A signal came; a checkpoint has been written.
    case interrupted(signal: Int32)
    /// The evaluations have not been better than after that step for as many times as the recipe waits.
    case outOfPatience(bestStep: Int)

    /// Whether it is to go on later.
    public var isInterrupted: Bool {
      if case .interrupted = self { true } else { false }
    }
  }

  /// A loop for a run.
  public init(
    run: RunFolder, options: LoopOptions, progress: Progress,
    provenance: @escaping (_ step: Int) -> [(key: String, value: String)]
  ) {
    self.run = run
    self.options = options
    self.progress = progress
    self.provenance = provenance
  }

  /// Trains until all steps are done, nothing gets better, or a signal comes; each way a checkpoint of the
  /// last step is there at the end, or an error says why not. A training that has ended already, and
  /// would with these options, stays as it is.
  ///
  /// A signal abandons the step, the evaluation or the preview that is under way, of which nothing is left.
  ///
  /// After a fault, the training goes on from the last checkpoint before it with half the rate, as a
  /// resume would.
  /// - Parameters:
  ///   - make: Makes a trainer that has done no step; called again after a fault.
  ///   - checkpoint: What to go on from; nil for the beginning.
  /// - Throws: `Diverged`, `FileError`, and what the trainer throws.
  public func callAsFunction<T: Trainer>(
    _ make: @autoclosure () throws -> T, from checkpoint: Checkpoint? = nil
  ) throws -> Outcome {
    var trainer = try make()
    var state = TrainingState(seed: options.seed)
    if let checkpoint {
      try trainer.restore(checkpoint)
      state = try checkpoint.state()
      if let outcome = run.outcome(state, after: checkpoint.step, options) {
        try run.settle(checkpoint, keeping: options.keep, sparing: options.sparedStep)
        return outcome
      }
    }
    var options = options
    while true {
      let course = try TrainingCourse(self, options, trainer, state)
      do { return try course() } catch let fault as NumericalFault {
        (trainer, state) = try recover(from: fault, of: trainer, course.state, make)
        options = course.options
      }
    }
  }
}
