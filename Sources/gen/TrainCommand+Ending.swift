import ArgumentParser
import Evaluation
import Files
import Images
import Models
import Runs
import Training

extension TrainCommand {
  /// Says what has come of a training, and what to do next.
  /// - Throws: `ExitCode` where a signal has ended it.
  func end<R: TrainableRecipe>(
    _ session: TrainingSession<R>, _ run: RunFolder, _ outcome: TrainingLoop.Outcome
  ) throws {
    let name = shownName(of: run)
    switch outcome {
    case .finished:
      Self.say("done; \(R.use(of: name))")
      if let best = run.best, let metric = best.metric, best.step < run.checkpoints.steps.last ?? 0
      {
        Self.say(
          "\(metric.name) was least after step \(best.step); \(R.use(of: name, step: best.step))")
      }
    case .outOfPatience(let step):
      Self.say(
        """
        ended early, as nothing was better than after step \(step); \
        \(R.use(of: name, step: step))
        """)
    case .interrupted(let signal):
      Self.say("stopped after a checkpoint: gen train --resume \(name) resumes it")
      throw ExitCode(128 + signal)
    }
    // A training that has ended early has seen less than its recipe says.
    let steps = run.checkpoints.steps.last ?? 0
    if let images = session.trainingImages,
      CopyingTest.isDue(of: images, seen: steps * session.resolvedRecipe.batch)
    {
      try compareWithLearned(run, name)
    }
  }

  /// Says whether a run's images look like copies of those that it has learned from.
  private func compareWithLearned(_ run: RunFolder, _ name: String) throws {
    let (count, batch) = (100, 20)
    let sampler = try OpenedRun(run).imageSampler()
    Self.say("comparing \(count) generated images with those learned from")
    var images: [Image] = []
    for first in stride(from: 0, to: count, by: batch) {
      // The run is whole by now, and only this is given up.
      if let signal = Interrupts.request { throw ExitCode(128 + signal) }
      images += try sampler.images(first..<first + batch, seed: 0, classes: nil)
    }
    let report = try NearestSearch(of: sampler, by: .standard(for: sampler.data.source))(images)
    Self.say(report.finding)
    if report.test.findsCopying {
      Self.say(
        "hint: more images help, or fewer steps, and gen explain \(name) --nearest shows them side by side"
      )
    }
  }
}
