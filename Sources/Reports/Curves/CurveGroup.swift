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
  /// A value to compare them with, such as another method's; nil for none.
  public private(set) var reference: (label: String, value: Double)?

  /// A chart of those curves.
  init(
    title: String, range: ClosedRange<Double>?, isNoisy: Bool,
    curves: [(label: String, curve: MetricsCurve)]
  ) {
    (self.title, self.range, self.isNoisy, self.curves) = (title, range, isNoisy, curves)
  }

  /// The chart with a value beside its curves.
  private func comparing(with value: Double, label: String) -> CurveGroup {
    var group = self
    group.reference = (label, value)
    return group
  }

  /// The curves as they are drawn: outliers of what scatters are points beside its line.
  var parts: [(curve: MetricsCurve, outliers: [MetricsCurve.Point])] {
    curves.map { isNoisy ? $0.curve.withoutOutliers : ($0.curve, []) }
  }

  /// The axis on which all have their place but outliers, which may lie beyond its end.
  func scale(of curves: [MetricsCurve], ticks: Int = 5) -> ChartScale {
    let values = curves.flatMap { $0.points.map(\.value) } + (reference.map { [$0.value] } ?? [])
    return ChartScale(range, showing: values, ticks: ticks)
  }

  /// Whether they are losses.
  var isOfLosses: Bool { title == "Loss" || title == "Validation loss" }

  /// Measurements that are told apart by the rest of their names.
  private struct Family {
    let name: String
    let title: String
    /// What the measurement is called that has no more to its name.
    let plain: String
    var range: ClosedRange<Double>?

    static let all = [
      Family(name: "loss", title: "Loss", plain: "training"),
      // Where it is no such loss.
      Family(name: "validation_loss", title: "Validation loss", plain: "validation"),
      Family(name: "accuracy", title: "Accuracy", plain: "validation", range: 0...1),
      Family(name: "score", title: "Score of the discriminator", plain: "score", range: 0...1),
      Family(name: "gradient_norm", title: "Gradient norm", plain: "norm"),
      Family(name: "learning_rate", title: "Learning rate", plain: "rate"),
    ]

    func contains(_ measurement: String) -> Bool {
      measurement == name || measurement.hasPrefix("\(name)_")
        || name == "loss" && measurement.hasSuffix("_loss")
    }

    func label(of measurement: String) -> String {
      let rest =
        measurement.hasPrefix(name)
        ? measurement.dropFirst(name.count + 1) : measurement.dropLast(name.count + 1)
      return rest.isEmpty ? plain : String(rest).replacing("_", with: " ")
    }
  }

  /// The charts of a run: losses first, what is neither a loss nor about the optimizer next.
  /// - Parameters:
  ///   - areAlike: Whether the losses of training and validation weigh errors alike, so that they belong on one chart.
  ///   - baseline: What an n-gram loses on held-out text; nil for none.
  public static func all(
    of curves: [MetricsCurve], lossesAreAlike areAlike: Bool = true, baseline: Double? = nil
  ) -> [CurveGroup] {
    let shown = curves.filter { !$0.points.isEmpty }
    var groups = Family.all.compactMap { family -> CurveGroup? in
      let members = shown.filter {
        let isApart = !areAlike && $0.name == "validation_loss"
        return isApart || family.name == "validation_loss"
          ? isApart && family.name == $0.name : family.contains($0.name)
      }
      guard !members.isEmpty else { return nil }
      let group = CurveGroup(
        title: family.title, range: family.range,
        isNoisy: family.name != "learning_rate",
        curves: members.map { curve in
          (family.label(of: curve.name), curve)
        })
      guard let baseline, members.contains(where: { $0.name == "validation_loss" }) else {
        return group
      }
      return group.comparing(with: baseline, label: "n-gram")
    }
    let grouped = Set(groups.flatMap { $0.curves.map(\.curve.name) })
    let others = shown.filter { !grouped.contains($0.name) }.map { curve in
      let words = curve.name.replacing("_", with: " ")
      return CurveGroup(
        title: words.prefix(1).uppercased() + words.dropFirst(), range: nil, isNoisy: true,
        curves: [(words, curve)])
    }
    let place = groups.prefix(while: \.isOfLosses).count
    groups.insert(contentsOf: others, at: place)
    return groups
  }
}
