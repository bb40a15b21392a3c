import Files
import Runs
import Training

// What a training will take, and for how many steps that is enough.
extension TrainingSession {
  /// What a training is expected to take.
  public struct Estimate: Sendable {
    /// Seconds for a step, with its share of previews and evaluations.
    public let secondsPerStep: Double
    /// The most memory in bytes.
    public let memory: Int
    /// How many parameters there are.
    public let parameters: Int
  }

  /// Does a few steps, and a preview where nobody knows what that takes, and throws them away.
  /// - Throws: `MemoryShortage` before anything is done, `Diverged` when a number is not finite, and what
  ///   reading the data throws.
  public func estimate() throws -> Estimate {
    // A training says of its data what may itself take memory to find out.
    _ = recipe.remarks(on: data)
    let memory = try neededMemory().bytes
    let trainer = recipe.trainer(data)
    do {
      return try inPrecision { try estimate(trainer, memory: memory) }
    } catch let fault as NumericalFault {
      throw Diverged(step: trainer.stepsDone, fault: fault)
    }
  }

  private func estimate(_ trainer: R.ModelTrainer, memory: Int) throws -> Estimate {
    let clock = ContinuousClock()
    // A budget is for training, and it is decided again how many steps there are.
    let most = (request.moreTime ?? recipe.loop.budget).map { $0.seconds / 50 } ?? .infinity
    var times: [Double] = []
    while times.isEmpty || times.count < 7 && times.reduce(0, +) < most {
      times.append(try clock.measure { _ = try trainer.step() } / .seconds(1))
    }
    // The first steps fill pools and caches.
    let usual = times.dropFirst(min(2, times.count - 1)).sorted()
    var secondsPerStep = usual[usual.count / 2]
    var apart =
      trainer.steps(forItems: trainer.itemsPerEvaluation)
      / Double(recipe.loop.evaluateEvery ?? .max)
    let previewing = trainer.steps(
      forItems: trainer.itemsPerPreview(after: recipe.loop.sampleEvery))
    apart += min(previewing / Double(recipe.loop.sampleEvery), recipe.mostPreviewing ?? .infinity)
    secondsPerStep *= 1 + apart
    if previewing == 0 && most == .infinity {
      secondsPerStep +=
        clock.measure { _ = trainer.preview() } / .seconds(recipe.loop.sampleEvery)
    }
    return Estimate(
      secondsPerStep: secondsPerStep, memory: memory, parameters: trainer.parameterCount)
  }

  /// Whether a budget is to decide how many steps there are before the first of them is done.
  var needsPlan: Bool {
    request.moreTime != nil || recipe.loop.budget != nil && recipe.loop.decided == nil
  }

  /// What the training is expected to take. Where there is a budget that has decided nothing yet, or more time for a
  /// run that goes on, it decides how many steps there are.
  /// - Throws: what reading the data throws.
  public mutating func plan() throws -> Estimate {
    let decides = needsPlan
    if decides { progress.say("measuring how long a step takes") }
    let estimate = try estimate()
    let source = request.goesOn ? request.source : nil
    if decides, let time = request.moreTime ?? recipe.loop.budget {
      let checkpoint = source?.checkpoints.latestVerified().checkpoint
      let stepsDone = checkpoint?.step ?? 0
      let timeLeft = time.seconds - seconds(.now - request.begun)
      let count = Int(min(max(1, timeLeft / estimate.secondsPerStep), 1e15))
      recipe.loop.adopt(
        recipe.loop.plan.adding(.init(after: stepsDone, end: stepsDone + count, falls: false)))
      if request.moreTime != nil {
        recipe.loop.budget = Budget(
          seconds: (try timeTaken(until: checkpoint) + time.seconds).rounded())
      }
      progress.say(
        """
        \(fixed(estimate.secondsPerStep * 1000, 0)) ms a step: about \(count)\(stepsDone > 0 ? " more" : "") steps \
        in \(duration(time.seconds))
        """)
    }
    // What a run has begun with, it goes on with.
    if source == nil { recipe.settle() }
    return estimate
  }
}
