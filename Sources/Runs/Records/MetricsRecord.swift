import Files

/// What was measured at a step: a line of `metrics.jsonl`.
public struct MetricsRecord: Equatable, Sendable {
  /// After how many steps.
  public let step: Int
  /// The measurements' names, in the order in which they were logged.
  public let names: [String]
  /// The measurements by name.
  public let values: [String: Double]

  /// What was measured at that step.
  public init(step: Int, _ measurements: some Sequence<(key: String, value: Double)>) {
    self.step = step
    names = measurements.map(\.key)
    values = Dictionary(measurements.map { ($0.key, $0.value) }) { $1 }
  }

  /// The record in a line of JSON, or nil where the line is not one.
  init?(_ line: some Collection<UInt8>) {
    guard var scanner = try? JSONScanner(Array(line)),
      case .object(let members)? = try? scanner.content(), (try? scanner.end()) != nil
    else { return nil }
    var step: Int?
    var measurements: [(key: String, value: Double)] = []
    for (name, content) in members.map({ ($0.name, $0.value) }) {
      let value: Double
      switch content {
      case .number(let digits): value = Double(digits) ?? .nan
      case .string("inf"): value = .infinity
      case .string("-inf"): value = -.infinity
      case .string("nan"): value = .nan
      default: return nil
      }
      if name == "step" {
        step = Int(exactly: value)
      } else {
        measurements.append((Measurement.currentName(of: name), value))
      }
    }
    guard let step else { return nil }
    self.init(step: step, measurements)
  }

  /// The line of JSON, `{"step":500,"loss":0.7}`, and the line's end.
  var line: [UInt8] {
    var line = "{\"step\":\(step)"
    for name in names {
      let value = values[name] ?? .nan
      line += ",\(quoted(name)):" + (value.isFinite ? "\(value)" : "\"\(value)\"")
    }
    return Array("\(line)}\n".utf8)
  }
}

extension Measurement {
  /// What the measurement of a name in an older run's files is called now.
  package static func currentName(of name: String) -> String {
    let (former, current) = ("loss_held_out", "validation_loss")
    return name.hasSuffix(former) ? name.dropLast(former.count) + current : name
  }
}

/// A number that a step or an evaluation reports.
public struct Measurement: Sendable {
  /// Its name in the metrics: "loss_generator".
  public let name: String
  /// Its name on the live line: "loss G"; nil for what is only logged.
  public let label: String?
  /// Its value.
  public let value: Double
  /// Its standard error, where it says how good a model is; nil where it does not.
  public let noise: Double?

  /// A number of that name.
  public init(_ name: String, label: String? = nil, _ value: Double, noise: Double? = nil) {
    (self.name, self.label, self.value, self.noise) = (name, label, value, noise)
  }
}
