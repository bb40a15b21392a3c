import Files
import Runs

/// What was measured in a run: `metrics.jsonl` or `metrics.csv`.
public struct MetricsInspection: Inspection {
  let kind = "metrics"
  let path: String
  let records: Int
  let firstStep: Int?
  let lastStep: Int?
  let measurements: [Measured]
  private let groups: [CurveGroup]

  enum CodingKeys: String, CodingKey {
    case kind, path, records, measurements
    case firstStep = "first_step"
    case lastStep = "last_step"
  }

  /// How a measurement went.
  struct Measured: Encodable, Sendable {
    let name: String
    let count: Int
    let notFinite: Int
    let last, least, greatest: Double?
    let leastStep, greatestStep: Int?

    enum CodingKeys: String, CodingKey {
      case name, count, last, least, greatest
      case notFinite = "not_finite"
      case leastStep = "least_step"
      case greatestStep = "greatest_step"
    }

    init(_ curve: MetricsCurve) {
      (name, count, notFinite) = (curve.name, curve.points.count, curve.notFinite)
      last = curve.last?.value
      (least, leastStep) = (curve.least?.value, curve.least?.step)
      (greatest, greatestStep) = (curve.greatest?.value, curve.greatest?.step)
    }
  }

  /// Reads a log or a table.
  /// - Throws: `FileError` when it cannot be read, or holds no measurements.
  public init(path: String) throws {
    try self.init(path: path, lossesAreAlike: true, baseline: nil)
  }

  /// - Parameters:
  ///   - areAlike: Whether the losses of training and validation belong on one chart.
  ///   - baseline: What an n-gram loses on held-out text; nil for none.
  init(path: String, lossesAreAlike areAlike: Bool, baseline: Double?) throws {
    let isTable = path.hasSuffix(".csv")
    let records =
      isTable ? try MetricsTable.records(path: path) : try MetricsLog.records(path: path)
    if records.isEmpty, !isTable, try InputFile(path).size > 0 {
      throw FileError(
        .badData, path, "has no line of the form {\"step\": 1, \"name\": number, ...}")
    }
    self.init(path: path, records, lossesAreAlike: areAlike, baseline: baseline)
  }

  init(
    path: String, _ records: [MetricsRecord], lossesAreAlike areAlike: Bool = true,
    baseline: Double? = nil
  ) {
    self.path = path
    self.records = records.count
    (firstStep, lastStep) = (records.first?.step, records.last?.step)
    let curves = MetricsCurve.all(in: records)
    measurements = curves.map(Measured.init)
    groups = CurveGroup.all(of: curves, lossesAreAlike: areAlike, baseline: baseline)
  }

  /// The measurements in a table, and the losses as curves.
  public func text(_ style: TerminalStyle) -> String {
    guard let firstStep, let lastStep else { return "\(oneLine(path)): nothing was measured yet" }
    return "\(oneLine(path)): \(records) records, steps \(firstStep) to \(lastStep)\n\n"
      + curves(style)
  }

  /// The table and the curves alone.
  func curves(_ style: TerminalStyle) -> String {
    func number(_ value: Double?, _ step: Int?) -> [String] {
      [value.map { brief($0) } ?? "-", step.map { "at \($0)" } ?? ""]
    }
    let rows = measurements.map { measured in
      [measured.name, measured.last.map { brief($0) } ?? "-"]
        + number(measured.least, measured.leastStep)
        + number(measured.greatest, measured.greatestStep)
        + (measured.notFinite > 0 ? ["\(measured.notFinite) not finite"] : [])
    }
    let head = ["MEASUREMENT", "LAST", "LEAST", "", "GREATEST", ""]
    let charts = groups.prefix(while: \.isOfLosses).map { TerminalChart($0, style).text }
    return ([table([head] + rows, numbers: [1, 2, 4])] + charts).joined(separator: "\n\n")
  }
}
