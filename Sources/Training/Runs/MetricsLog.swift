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
///
/// A line that could not be written, or brought to the disk, is not lost: it is held until the file
/// can be written anew.
public final class MetricsLog {
  /// Where it is.
  public let path: String
  private let operations: any FileOperations
  /// The file as far as it is sound; nil after a failure, when it must be written anew.
  private var file: OpenFile?
  /// How many of its bytes are on the disk.
  private var syncedCount: Int
  /// The lines after those.
  private var unsynced: [UInt8] = []

  static let maximumSize = 1 << 30

  /// Opens the log of a run that goes on after `step` steps, 0 for a new one. What was logged later
  /// than that is taken out, and so is a line that a kill has cut: it will be logged again.
  /// - Throws: `FileError`.
  public init(
    path: String, after step: Int, operations: any FileOperations = SystemFiles()
  ) throws {
    self.path = path
    self.operations = operations
    let isNew = fileKind(path) == nil
    syncedCount = 0
    if !isNew {
      let bytes = try InputFile(path).readAll(limit: Self.maximumSize)
      let kept = bytes.split(separator: 10).filter { line in
        MetricsRecord(line).map { $0.step <= step } ?? false
      }
      let content = kept.flatMap { $0 + [10] }
      if content != bytes { try operations.atomicWrite(path, content) }
      syncedCount = content.count
    }
    file = try operations.openToAppend(path)
    if isNew { try operations.syncFolder(folder(of: path)) }
  }

  deinit { close() }

  private func close() {
    if let file { operations.close(file) }
    file = nil
  }

  /// Adds a line: `{"step":500,"loss":0.7}`, the values in the order given.
  /// - Throws: `FileError`; the line is held, and written with the next.
  public func append(
    step: Int, _ values: some Sequence<(key: String, value: Double)>
  ) throws {
    var line = "{\"step\":\(step)"
    for (name, value) in values {
      line += ",\(quoted(name)):" + (value.isFinite ? "\(value)" : "\"\(value)\"")
    }
    let bytes = Array("\(line)}\n".utf8)
    unsynced += bytes
    guard let file else { return try rewrite() }
    do { try operations.write(bytes, to: file) } catch {
      close()
      throw error
    }
  }

  /// Brings the lines to the disk, as before a checkpoint, so that none is missing after a resume.
  /// - Throws: `FileError`; the lines are held, and written with the next.
  public func sync() throws {
    guard let file else { return try rewrite() }
    do {
      try operations.sync(file)
      (syncedCount, unsynced) = (syncedCount + unsynced.count, [])
    } catch {
      // The system may take for written what is not.
      close()
      try rewrite()
    }
  }

  /// Writes the file anew from what is on the disk and the lines that are held.
  private func rewrite() throws {
    let content = try InputFile(path).read(at: 0, count: syncedCount) + unsynced
    try operations.atomicWrite(path, content)
    (syncedCount, unsynced) = (content.count, [])
    file = try operations.openToAppend(path)
  }

  /// All whole lines of a log.
  /// - Throws: `FileError` when it is missing or cannot be read.
  public static func records(path: String) throws(FileError) -> [MetricsRecord] {
    try InputFile(path).readAll(limit: maximumSize).split(separator: 10).compactMap {
      MetricsRecord($0)
    }
  }
}
