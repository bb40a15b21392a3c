import Foundation

/// What was measured at a step: a line of `metrics.jsonl`.
public struct MetricsRecord: Equatable, Sendable {
  /// After how many steps.
  public let step: Int
  /// The measurements by name.
  public let values: [String: Double]

  /// The record in a line of JSON, or nil where the line is not one.
  init?(_ line: some Collection<UInt8>) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard var values = try? decoder.decode([String: Double].self, from: Data(line)),
      let step = values.removeValue(forKey: "step").flatMap(Int.init(exactly:))
    else { return nil }
    self.step = step
    self.values = values
  }
}

/// The file to which a run adds a line of JSON at each logged step.
public final class MetricsLog {
  /// Where it is.
  public let path: String
  private let operations: any FileOperations
  private let file: OpenFile

  static let maximumSize = 1 << 30

  /// Opens the log of a run that goes on after `step` steps, 0 for a new one. What was logged later
  /// than that is taken out, and so is a line that a kill has cut: it will be logged again.
  /// - Throws: `FileError`.
  public init(
    path: String, after step: Int, operations: any FileOperations = SystemFiles()
  ) throws {
    self.path = path
    self.operations = operations
    if fileKind(path) != nil {
      let bytes = try InputFile(path).readAll(limit: Self.maximumSize)
      let kept = bytes.split(separator: 10).filter { line in
        MetricsRecord(line).map { $0.step <= step } ?? false
      }
      let content = kept.flatMap { $0 + [10] }
      if content != bytes { try operations.atomicWrite(path, content) }
    }
    file = try operations.openToAppend(path)
  }

  deinit { operations.close(file) }

  /// Adds a line: `{"step":500,"loss":0.7}`, the values in the order given.
  /// - Throws: `FileError`.
  public func append(
    step: Int, _ values: some Sequence<(key: String, value: Double)>
  ) throws(FileError) {
    var line = "{\"step\":\(step)"
    for (name, value) in values {
      line += ",\(quoted(name)):" + (value.isFinite ? "\(value)" : "\"\(value)\"")
    }
    let bytes = Array("\(line)}\n".utf8)
    try bytes.withUnsafeBufferPointer { buffer throws(FileError) in
      try operations.write(UnsafeRawBufferPointer(buffer), to: file)
    }
  }

  /// Brings the lines to the disk, as before a checkpoint, so that none is missing after a resume.
  /// - Throws: `FileError`.
  public func sync() throws(FileError) { try operations.sync(file) }

  /// All whole lines of a log.
  /// - Throws: `FileError` when it is missing or cannot be read.
  public static func records(path: String) throws(FileError) -> [MetricsRecord] {
    try InputFile(path).readAll(limit: maximumSize).split(separator: 10).compactMap {
      MetricsRecord($0)
    }
  }
}
