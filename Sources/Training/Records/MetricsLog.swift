/// The file to which a run adds a line of JSON at each logged step: `metrics.jsonl`.
public final class MetricsLog {
  /// Where it is.
  public let path: String
  private let file: GrowingFile

  static let maximumSize = 1 << 30

  /// Opens the log of a run that goes on after `step` steps, 0 for a new one. What was logged later
  /// than that is taken out, and so is a line that a kill has cut: it will be logged again.
  /// - Throws: `FileError`.
  public init(
    path: String, after step: Int, operations: any FileOperations = SystemFiles()
  ) throws {
    self.path = path
    var size = 0
    if fileKind(path) != nil {
      let bytes = try InputFile(path).readAll(limit: Self.maximumSize)
      let kept = bytes.split(separator: 10).filter { line in
        MetricsRecord(line).map { $0.step <= step } ?? false
      }
      let content = kept.flatMap { $0 + [10] }
      if content != bytes { try operations.atomicWrite(path, content) }
      size = content.count
    }
    file = try GrowingFile(path, size: size, operations)
  }

  /// Adds a line. Where that fails, the line is kept and added with the next one that can be.
  /// - Throws: `FileError`.
  public func append(_ record: MetricsRecord) throws { try file.append(record.line) }

  /// Brings the lines to the disk, as before a checkpoint, so that none is missing after a resume.
  /// - Throws: `FileError`.
  public func sync() throws { try file.sync() }

  /// All whole lines of a log.
  /// - Throws: `FileError` when it is missing or cannot be read.
  public static func records(path: String) throws(FileError) -> [MetricsRecord] {
    try InputFile(path).readAll(limit: maximumSize).split(separator: 10).compactMap {
      MetricsRecord($0)
    }
  }
}
