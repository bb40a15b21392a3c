/// Curves that belong on one chart.
public struct CurveGroup: Sendable {
  /// What the chart is called.
  public let title: String
  /// Where the values can be, if that is less than everywhere.
  public let range: ClosedRange<Double>?
  /// Whether the values scatter about a course of their own; a rate that was chosen does not.
  public let isNoisy: Bool
  /// The curves, each with what it is called there.
  public let curves: [(label: String, curve: MetricsCurve)]

  /// Measurements that are told apart by what follows in their names.
  private static let families:
    [(prefix: String, title: String, plain: String, range: ClosedRange<Double>?)] = [
      ("loss", "Loss", "training", nil),
      ("accuracy", "Accuracy", "held out", 0...1),
      ("score", "Score of the discriminator", "score", 0...1),
      ("gradient_norm", "Gradient norm", "norm", nil),
      ("learning_rate", "Learning rate", "rate", nil),
    ]

  /// The charts of a run: losses first, what is neither a loss nor about the optimizer next.
  public static func all(of curves: [MetricsCurve]) -> [CurveGroup] {
    let shown = curves.filter { !$0.points.isEmpty }
    var groups = families.compactMap { family -> CurveGroup? in
      let members = shown.filter {
        $0.name == family.prefix || $0.name.hasPrefix("\(family.prefix)_")
      }
      guard !members.isEmpty else { return nil }
      return CurveGroup(
        title: family.title, range: family.range,
        isNoisy: family.prefix != "learning_rate",
        curves: members.map { curve in
          let rest = String(curve.name.dropFirst(family.prefix.count + 1)).replacing("_", with: " ")
          return (rest.isEmpty ? family.plain : rest, curve)
        })
    }
    let grouped = Set(groups.flatMap { $0.curves.map(\.curve.name) })
    let others = shown.filter { !grouped.contains($0.name) }.map { curve in
      let words = curve.name.replacing("_", with: " ")
      return CurveGroup(
        title: words.prefix(1).uppercased() + words.dropFirst(), range: nil, isNoisy: true,
        curves: [(words, curve)])
    }
    let place = groups.first.map { $0.title == "Loss" ? 1 : 0 } ?? 0
    groups.insert(contentsOf: others, at: place)
    return groups
  }
}
