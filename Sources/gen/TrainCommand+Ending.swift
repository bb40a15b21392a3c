import ArgumentParser
import Compute
import Datasets
import Evaluation
import Files
import Models
import Runs
import Training

extension TrainCommand {
  /// Says what has come of a training, and what to do next; prints the run's name.
  /// - Throws: `ExitCode` where a signal has ended it.
  func end<R: TrainableRecipe>(
    _ session: TrainingSession<R>, _ run: RunFolder, _ outcome: TrainingLoop.Outcome
  ) throws {
    let name = shownName(of: run)
    // However it has ended, there is a run.
    defer { print("\(name)") }
    switch outcome {
    case .finished:
      say("done; \(R.use(of: name))")
      if let overfit = run.overfit() {
        say(
          """
          \(overfit): from there on the model overfits, so gen sample, eval and export take that checkpoint. \
          More data helps, or a larger model.dropout, a smaller model or fewer steps
          """)
      }
    case .outOfPatience(let step):
      let isUsed = run.overfit()?.best.step == step
      say(
        """
        ended early, as nothing was better than after step \(step); \
        \(R.use(of: name, step: isUsed ? nil : step))
        """)
    case .interrupted(let signal):
      say("stopped after a checkpoint: gen train --resume \(name) resumes it")
      throw ExitCode(128 + signal)
    }
    // A training that has ended early has seen less than its recipe says.
    let (steps, recipe) = (run.checkpoints.steps.last ?? 0, session.resolvedRecipe)
    if session.imagesAfterwards(steps * recipe.batch * recipe.accumulate) > 0 {
      try compareWithLearned(run, name)
    }
  }

  /// Has the comparison with the learned images count to the training's time.
  func countComparison<R: TrainableRecipe>(in session: inout TrainingSession<R>) {
    guard let fewest = session.trainingImages.flatMap(CopyingTest.fewestSeen) else { return }
    session.imagesAfterwards = { seen in seen >= fewest ? Self.compared : 0 }
  }

  /// How many images are compared with those learned from.
  private static let compared = 100

  /// Says whether a run's images look like copies of those that it has learned from, if these are still there.
  private func compareWithLearned(_ run: RunFolder, _ name: String) throws {
    say("comparing \(Self.compared) generated images with those learned from")
    let report: NearestReport?
    do {
      // The run is whole by now, and only this is given up.
      report = try Abandonment.permitted(when: { Interrupts.request != nil }) {
        let sampler = try OpenedRun(run).imageSampler()
        let images = try sampler.images(0..<Self.compared, seed: 0, classes: nil)
        return try NearestSearch(of: sampler, by: .standard(for: sampler.data.source))(images)
      }
    } catch let error as DatasetError {
      return say("no comparison: \(error)")
    }
    guard let report else { throw ExitCode(128 + (Interrupts.request ?? 0)) }
    say(report.finding)
    if report.test.findsCopying {
      say(
        "hint: more images help, or fewer steps, and gen explain \(name) --nearest shows them side by side"
      )
    }
  }

  /// Whether a run has ended, and does not go on as it is asked to; what a kill has cut short of its end
  /// is completed then, and nothing else is changed.
  /// - Throws: `UsageError` where it is asked for changes that would change nothing.
  func hasEnded<R: TrainableRecipe>(
    _ run: RunFolder, _ old: R, _ new: R, _ kind: R.Type
  ) throws -> Bool {
    let run = dryRun ? run : try run.held(isNamed: false)
    guard try run.ending(under: old.loop) != nil,
      let (checkpoint, outcome) = try run.ending(under: new.loop)
    else { return false }
    // Where its data is now, it learns all the same.
    if old.changes(in: new).map(\.key) == ["data.source"] { return false }
    let name = shownName(of: run)
    let said: String
    let use: String
    if case .outOfPatience(let step) = outcome {
      said =
        "\(run.path) ended early after step \(checkpoint.step), as nothing was better than after "
        + "step \(step): gen train --resume \(name) resumes it with a higher --patience or more --steps"
      use = kind.use(of: name, step: step)
    } else {
      said =
        "\(run.path) has done its \(checkpoint.step) steps: gen train --resume \(name) resumes it with "
        + "more --steps"
      use = kind.use(of: name)
    }
    if let change = old.changes(in: new).first {
      throw UsageError(
        "\(said); \(change.key), which was \(change.was) and is to be \(change.now), would change "
          + "nothing")
    }
    if !dryRun { try run.settle(checkpoint, keeping: new.loop.keep) }
    if dryRun { print("\(lines: new.yaml)", terminator: "") }
    say(said)
    say(use)
    if !dryRun { print("\(name)") }
    return true
  }

  /// The run as other commands are told it.
  func shownName(of run: RunFolder) -> String {
    run.path == "\(RunLookup.root)/\(run.name)" ? run.name : run.path
  }
}
