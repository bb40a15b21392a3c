import Files
import Images
import Models
import Runs

/// Two runs side by side: what their recipes have different, their curves on the same charts, and their latest samples.
public struct RunDifferences {
  /// The runs, with what a report says of each.
  let reports: [RunReport]
  /// What they are called: their names, or where these are the same their paths.
  let names: [String]
  /// The keys of the recipes whose values differ.
  let settings: [Setting]
  /// What was measured of either.
  let measurements: [Measured]

  /// A key and what each recipe says; nil where it has no such key.
  struct Setting: Encodable {
    let key: String
    let values: [String?]
  }

  /// A measurement and its curve in each run; nil where it was not measured.
  struct Measured {
    let name: String
    let curves: [MetricsCurve?]
  }

  /// Reads both runs.
  /// - Throws: `FileError`, `RecipeError` when a recipe cannot be read.
  public init(_ first: RunFolder, _ second: RunFolder) throws {
    let runs = [first, second]
    reports = try runs.map { try RunReport($0) }
    names = first.name == second.name ? runs.map(\.path) : runs.map(\.name)
    let recipes = try runs.map { try RecipeDocument(path: $0.recipePath).settings }
    let keys = recipes[0].map(\.key)
    let others = recipes[1].map(\.key).filter { !Set(keys).contains($0) }
    let values = recipes.map { recipe in
      Dictionary(recipe.map { ($0.key, $0.value) }) { first, _ in first }
    }
    settings = (keys + others).compactMap { key in
      let found = values.map { $0[key] }
      return found[0] == found[1] ? nil : Setting(key: key, values: found)
    }
    // Losses come first, as in a report.
    let curves = reports.map { $0.charts.flatMap(\.curves).map(\.curve) }
    let measured = curves[0].map(\.name)
    let only = curves[1].map(\.name).filter { !Set(measured).contains($0) }
    measurements = (measured + only).map { name in
      Measured(name: name, curves: curves.map { $0.first { $0.name == name } })
    }
  }

  /// A chart for each measurement, with a curve of each run that has it.
  var charts: [CurveGroup] {
    let families = reports.flatMap(\.charts)
    return measurements.compactMap { measured in
      let family = families.first { $0.curves.contains { $0.curve.name == measured.name } }
      let curves = zip(names, measured.curves).compactMap { name, curve in
        curve.map { (label: name, curve: $0) }
      }
      let words = measured.name.replacing("_", with: " ")
      return CurveGroup(
        title: words.prefix(1).uppercased() + words.dropFirst(), range: family?.range,
        isNoisy: family?.isNoisy ?? true, curves: curves)
    }
  }

  /// The latest sample of each run; nil where there is none.
  var samples: [ReportSamples.Sample?] { reports.map { ReportSamples(of: $0.run).samples.last } }
}

extension RunDifferences {
  /// The differences of the recipes, the measurements in a table, and the losses as curves.
  public func text(_ style: TerminalStyle) -> String {
    let rows = settings.map { setting in [setting.key] + setting.values.map { $0 ?? "-" } }
    let room = max(12, (style.columns - 36) / 2)
    let recipes =
      rows.isEmpty
      ? "the recipes are the same"
      : table((([["KEY"] + names]) + rows).map { $0.map { shortened($0, to: room) } })
    let cells = measurements.flatMap { measured -> [[String]] in
      zip(names, measured.curves).compactMap { name, curve in
        guard let curve, let last = curve.last, let least = curve.least else { return nil }
        return [
          measured.name, shortened(name, to: room), brief(last.value), brief(least.value),
          "at \(least.step)",
        ]
      }
    }
    let numbers =
      cells.isEmpty
      ? "nothing was measured yet"
      : table([["MEASUREMENT", "RUN", "LAST", "LEAST", ""]] + cells, numbers: [2, 3])
    let losses = charts.filter { $0.title.lowercased().split(separator: " ").contains("loss") }
      .map { TerminalChart($0, style).text }
    let written = zip(names, samples).compactMap { name, sample -> String? in
      guard let sample, case .text(let text) = sample.content else { return nil }
      let shown = lines(of: text).filter { !$0.isEmpty }.prefix(5)
        .map { "  | \(shortened(oneLine(String($0)), to: style.columns - 4))" }
      return "\(oneLine(name)) after step \(sample.step):\n\(shown.joined(separator: "\n"))"
    }
    return ([recipes, numbers] + losses + written).joined(separator: "\n\n")
  }

  /// The latest image of each run, to be shown below its name; empty where neither has one.
  public var images: [(name: String, image: Image)] {
    zip(names, reports).compactMap { name, report in
      guard let (step, path) = report.run.samples.last, let image = try? Image(contentsOf: path)
      else { return nil }
      return ("\(name) after step \(step)", image)
    }
  }
}

extension RunDifferences: Encodable {
  private enum Key: String, CodingKey { case runs, recipe, measurements }

  private struct Told: Encodable {
    let name: String
    let last: [Double?]
    let least: [Double?]
    let leastAt: [Int?]

    private enum CodingKeys: String, CodingKey {
      case name, last, least
      case leastAt = "least_at"
    }
  }

  /// As JSON: the runs' names, and for each difference and measurement the values of both in that order.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(names, forKey: .runs)
    try container.encode(settings, forKey: .recipe)
    try container.encode(
      measurements.map { measured in
        Told(
          name: measured.name, last: measured.curves.map { $0?.last?.value },
          least: measured.curves.map { $0?.least?.value },
          leastAt: measured.curves.map { $0?.least?.step })
      }, forKey: .measurements)
  }
}
