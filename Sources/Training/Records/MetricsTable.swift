/// `metrics.csv`: what `metrics.jsonl` says as a table, a column for each measurement and an empty cell
/// where there was none, for spreadsheets and `pandas.read_csv`.
///
/// The columns are in the order in which measurements first came. A new one, or a failed write, has the
/// whole table made again from the log, so that the header is always that of all rows.
final class MetricsTable {
  private let path: String
  private let log: String
  private let operations: any FileOperations
  private var columns: [String] = []
  private var file: OpenFile?

  /// The table at `path` of the log at `log`, made or brought to what that says.
  /// - Throws: `FileError`.
  init(path: String, log: String, _ operations: any FileOperations) {
    (self.path, self.log, self.operations) = (path, log, operations)
  }

  deinit { close() }

  /// Adds a row, of a record that is in the log already.
  /// - Throws: `FileError`; the row comes with the next one that can be written.
  func append(_ record: MetricsRecord) throws {
    guard let file, record.names.allSatisfy(columns.contains) else { return try rebuild() }
    do {
      try Array(Self.row(record, columns).utf8).withUnsafeBytes {
        try operations.write($0, to: file)
      }
    } catch {
      close()
      throw error
    }
  }

  /// Makes the table again from the log.
  /// - Throws: `FileError`.
  func rebuild() throws {
    close()
    let records = try MetricsLog.records(path: log)
    let content = Array(Self.text(records).utf8)
    let old = try? InputFile(path).readAll(limit: MetricsLog.maximumSize)
    if old != content { try operations.atomicWrite(path, content) }
    columns = Self.columns(records)
    file = try operations.openToAppend(path)
  }

  /// Gives up the file, so that the next row makes it again.
  func close() {
    if let file { operations.close(file) }
    file = nil
  }

  /// The names of all measurements in the order in which they first came.
  static func columns(_ records: [MetricsRecord]) -> [String] {
    var seen: Set<String> = []
    return records.flatMap(\.names).filter { seen.insert($0).inserted }
  }

  /// The whole table, as RFC 4180 has it but for the lines' ends.
  static func text(_ records: [MetricsRecord]) -> String {
    let columns = columns(records)
    return (["step"] + columns).map(cell).joined(separator: ",") + "\n"
      + records.map { row($0, columns) }.joined()
  }

  private static func row(_ record: MetricsRecord, _ columns: [String]) -> String {
    let cells = columns.map { name in record.values[name].map { "\($0)" } ?? "" }
    return (["\(record.step)"] + cells).joined(separator: ",") + "\n"
  }

  private static func cell(_ text: String) -> String {
    guard text.contains(where: { [",", "\"", "\n", "\r"].contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
