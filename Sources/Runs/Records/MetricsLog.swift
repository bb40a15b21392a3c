import Files

/// The file to which a run adds a line of JSON at each logged step: `metrics.jsonl`.
public final class MetricsLog {
  private let file: GrowingFile

  static let maximumSize = 1 << 30

  /// Opens the log of a run that goes on after `step` steps, 0 for a new one. What was logged later
  /// than that is taken out, and so is a line that a kill has cut: it will be logged again.
  /// - Throws: `FileError`.
  public init(
    _ place: Place, after step: Int, operations: any FileOperations = SystemFiles()
  ) throws {
    let size = place.kind() == nil ? 0 : try Self.cut(place, after: step, operations)
    file = try GrowingFile(place, size: size, operations)
  }

  /// Takes out what is no line of that step or an earlier one; writes nothing where there is no such thing.
  /// - Returns: How many bytes are left.
  private static func cut(
    _ place: Place, after step: Int, _ operations: any FileOperations
  ) throws -> Int {
    let file = try InputFile(place)
    var (kept, count, isCut) = ([Range<Int>](), 0, false)
    try file.forEachLine(limit: maximumSize) { line, place in
      guard MetricsRecord(line).map({ $0.step <= step }) ?? false else { return }
      count += place.count
      isCut = line.count == place.count
      // Lines that follow each other are one piece: mostly the whole file.
      if let last = kept.last, last.upperBound == place.lowerBound {
        kept[kept.count - 1] = last.lowerBound..<place.upperBound
      } else {
        kept.append(place)
      }
    }
    guard isCut || count != file.size else { return count }
    return try operations.atomicWrite(place) { writer in
      for place in kept {
        for start in stride(from: place.lowerBound, to: place.upperBound, by: 1 << 20) {
          let piece = min(1 << 20, place.upperBound - start)
          try writer.write(file.read(at: start, count: piece))
        }
      }
      if isCut { try writer.write([10]) }
    }.size
  }

  /// Adds a line. Where that fails, the line is kept and added with the next one that can be.
  /// - Throws: `FileError`.
  public func append(_ record: MetricsRecord) throws { try file.append(record.line) }

  /// Brings the lines to the disk, as before a checkpoint, so that none is missing after a resume.
  /// - Throws: `FileError`.
  public func sync() throws { try file.sync() }

  /// Calls `body` with each whole line of a log.
  /// - Throws: `FileError` when it is missing or cannot be read.
  package static func forEachRecord(_ place: Place, _ body: (MetricsRecord) -> Void)
    throws(FileError)
  {
    try InputFile(place).forEachLine(limit: maximumSize) { line, _ in
      if let record = MetricsRecord(line) { body(record) }
    }
  }

  /// All whole lines of a log.
  /// - Throws: `FileError` when it is missing or cannot be read.
  public static func records(path: String) throws(FileError) -> [MetricsRecord] {
    var records: [MetricsRecord] = []
    try forEachRecord(Place(path)) { records.append($0) }
    return records
  }
}
