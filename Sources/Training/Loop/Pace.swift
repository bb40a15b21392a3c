/// Decides how many steps a training has, so that it ends when its time is up.
///
/// The learning rate is the full one for half of the time or more, and falls in the rest. Each time that half of what
/// was left at the decision before is over, of the time or of the steps, it is decided anew from how fast it goes by
/// now, until hardly any time is left. What makes little difference is not decided.
struct Pace {
  /// What a training does besides its steps.
  enum Part {
    case evaluation, preview, checkpoint
  }

  /// When the time is up, in seconds of training.
  private let end: Double
  /// How long the training is to take from its beginning, or from where it goes on after its end.
  private let span: Double
  /// How long the latest of each part took.
  private var seconds: [Part: Double] = [:]
  /// How many steps take as long as a part of which there has been none.
  private let expected: [Part: Double]
  /// How many steps take as long as what comes after a training of so many.
  private let ending: (_ steps: Int) -> Double
  /// When the latest decision was made, or the training began, and what was left then for steps.
  private var latest: (time: Double, timeLeft: Double, stepsLeft: Int)
  /// The steps since then.
  private var steps = 0
  /// How long all that was no step has taken since then.
  private var apart = 0.0

  /// The part of the time in which the rate falls.
  private let falling: Double
  /// At most: before that, how many steps there will be is not well known.
  private static let mostFalling = 0.5
  /// By how small a part of the time it need not be better.
  private static let precision = 0.005
  /// In how small a part of the time nothing more is decided.
  private static let least = 1.0 / 32

  /// The pace of a training that has taken `time` seconds for its first `step` steps.
  /// - Parameters:
  ///   - expected: How many steps take as long as each part, where that is known.
  ///   - ending: The same of what comes after a training of so many steps.
  ///   - cooldown: The part of the time in which the rate is to fall.
  init(
    until end: Double, at time: Double, after step: Int, of plan: StepPlan,
    expecting expected: [Part: Double], ending: @escaping (_ steps: Int) -> Double,
    cooldown: Double
  ) {
    falling = min(cooldown, Self.mostFalling)
    (self.end, self.expected, self.ending) = (end, expected, ending)
    let isFirst = plan.decisions.allSatisfy { $0.step == 0 || $0.falls }
    span = isFirst ? end : end - time
    latest = (time, step == 0 ? end : end - time, plan.steps - step)
  }

  /// Takes in that another step is done.
  mutating func addStep() { steps += 1 }

  /// Takes in how long something else took.
  /// - Parameter isUsual: Whether the next will take as long.
  mutating func add(_ seconds: Double, for part: Part, isUsual: Bool = true) {
    apart += seconds
    if isUsual { self.seconds[part] = seconds }
  }

  /// What is to be decided after a step, at a time; nil for nothing.
  mutating func decision(
    after step: Int, at time: Double, _ options: LoopOptions
  ) -> StepPlan.Decision? {
    let plan = options.plan
    let stepsLeft = plan.steps - step
    guard let last = plan.decisions.last, step > last.step, stepsLeft > 0, steps > 0 else {
      return nil
    }
    let rest = Rest(
      step: step, options: options,
      secondsPerStep: max(1e-9, (time - latest.time - apart) / Double(steps)), pace: self)
    // What comes with the last step in any case is no time for steps.
    let timeLeft = end - time - rest.end
    let falls = last.falls || timeLeft <= falling * (span - rest.end)
    guard latest.timeLeft > Self.least * span,
      falls != last.falls || timeLeft <= latest.timeLeft / 2 || stepsLeft <= latest.stepsLeft / 2
    else { return nil }
    let count = rest.steps(in: end - time)
    latest = (time, timeLeft, count)
    (steps, apart) = (0, 0)
    let change = Double(abs(step + count - plan.steps)) * rest.secondsPerStep
    guard falls != last.falls || change > Self.precision * span else { return nil }
    return StepPlan.Decision(after: step, end: step + count, falls: falls)
  }

  /// What is to come after a step.
  private struct Rest {
    let step: Int
    let options: LoopOptions
    let secondsPerStep: Double
    let pace: Pace

    /// How long so many more steps take, with what belongs to them.
    private func time(_ count: Int) -> Double {
      let last = step + count
      func cost(_ part: Part, every: Int) -> Double {
        let times = last / every - step / every + (last % every == 0 ? 0 : 1)
        let cost = pace.seconds[part] ?? (pace.expected[part] ?? 0) * secondsPerStep
        return Double(times) * cost
      }
      return (Double(count) + pace.ending(last)) * secondsPerStep
        + cost(.preview, every: options.sampleEvery)
        + cost(.checkpoint, every: options.checkpointEvery)
        + (options.evaluateEvery.map { cost(.evaluation, every: $0) } ?? 0)
    }

    /// How long it takes to end.
    var end: Double { time(1) - secondsPerStep }

    /// How many more steps there is time for; at least one, by which the training ends.
    func steps(in timeLeft: Double) -> Int {
      var (fits, exceeds) = (1, Int(min(1e15, max(0, timeLeft) / secondsPerStep)) + 2)
      while exceeds - fits > 1 {
        let middle = (fits + exceeds) / 2
        if time(middle) <= timeLeft { fits = middle } else { exceeds = middle }
      }
      return fits
    }
  }
}
