import Runs

/// How many steps a training has: as its recipe says, or as a budget of time has decided, and decided again on the
/// way.
///
/// What depends on it at a step, such as a learning rate that falls to the end, depends on the decisions before that
/// step alone, so that a training has the same bytes as another with the same decisions.
public struct StepPlan: Equatable, Sendable {
  /// What is decided after a step, for those that follow.
  public struct Decision: Equatable, Sendable {
    /// How many steps are done.
    public let step: Int
    /// How many there will be in all.
    public let end: Int
    /// Whether the learning rate falls from here to the end, if its schedule does; it is the full one otherwise. What
    /// is decided before the first step leaves it to the schedule where the fall begins.
    public let falls: Bool

    /// Such a decision.
    public init(after step: Int, end: Int, falls: Bool) {
      (self.step, self.end, self.falls) = (step, end, falls)
    }
  }

  /// The decisions, the first one before the first step.
  public private(set) var decisions: [Decision]

  /// So many steps, known from the beginning.
  public init(steps: Int) { decisions = [Decision(after: 0, end: steps, falls: true)] }

  /// Decisions in their order; nil where they are none.
  init?(_ decisions: [Decision]) {
    let follow = zip(decisions, decisions.dropFirst()).allSatisfy {
      $0.step < $1.step && $1.step <= $0.end
    }
    guard decisions.first?.step == 0, follow, decisions.allSatisfy({ $0.step < $0.end }) else {
      return nil
    }
    self.decisions = decisions
  }

  /// How many steps there are in all, as far as it is known.
  public var steps: Int { decisions[decisions.count - 1].end }

  /// How many steps there were to be in all when step number `step` was done, the first being 1.
  public func steps(at step: Int) -> Int {
    (decisions.last { $0.step < step } ?? decisions[0]).end
  }

  /// The plan with another decision; it takes the place of one after the same step.
  public func adding(_ decision: Decision) -> StepPlan {
    var plan = self
    plan.decisions = decisions.filter { $0.step < decision.step } + [decision]
    return plan
  }

  /// How much of its way the learning rate has fallen at step number `step`, from 0 to 1; nil where it does not
  /// fall.
  /// - Parameters:
  ///   - warmup: Steps at the beginning before which nothing falls.
  ///   - cooldown: The part of the steps, at the end, in which it falls, where that was decided before the first.
  func fallen(atStep step: Int, warmup: Int, cooldown: Double) -> Double? {
    var part: Double?
    for (index, decision) in decisions.enumerated() where decision.step < step {
      guard decision.falls else {
        part = nil
        continue
      }
      let (end, before) = (Double(decision.end), part ?? 0)
      let from = decision.step == 0 ? ((1 - cooldown) * end).rounded() : Double(decision.step)
      let start = max(from, Double(warmup))
      guard end > start else { continue }
      let last = index + 1 < decisions.count ? min(step, decisions[index + 1].step) : step
      let way = (Double(last) - start) / (end - start)
      part = before + (1 - before) * max(0, min(1, way))
    }
    return part
  }
}

extension StepPlan: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { "decisions such as 0 to 900, 450 falling to 1000" }

  /// A text of decisions, "0 to 900, 450 falling to 1000": after which step, whether the rate falls from there, and
  /// how many steps there are in all.
  public init?(_ node: RecipeNode) {
    guard let text = String(node) else { return nil }
    var decisions: [Decision] = []
    for part in text.split(separator: ",") {
      let words = part.split(separator: " ")
      let falls = words.count == 4 && words[1] == "falling"
      guard falls || words.count == 3, words[words.count - 2] == "to", let step = Int(words[0]),
        let end = Int(words[words.count - 1])
      else { return nil }
      decisions.append(Decision(after: step, end: end, falls: falls))
    }
    self.init(decisions)
  }

  /// The decisions, in quotes.
  public var yaml: String { json }

  /// The decisions, in quotes.
  public var json: String {
    decisions.map { "\($0.step)\($0.falls ? " falling" : "") to \($0.end)" }
      .joined(separator: ", ").json
  }
}
