import Files

/// `metrics.csv`: what `metrics.jsonl` says as a table, a column for each measurement and an empty cell
/// where there was none, for spreadsheets and `pandas.read_csv`.
///
/// The columns are in the order in which measurements first came. A new one, or a failed write, has the
/// whole table made again from the log, so that the header is always that of all rows.
package final class MetricsTable {
  private let place: Place
  private let log: Place
  private let operations: any FileOperations
  private var columns = MetricsColumns()
  private var file: OpenFile?

  /// The table at a place, of the log at another.
  init(_ place: Place, log: Place, _ operations: any FileOperations) {
    (self.place, self.log, self.operations) = (place, log, operations)
  }

  deinit { close() }

  /// Adds a row, of a record that is in the log already.
  /// - Throws: `FileError`; the row comes with the next one that can be written.
  func append(_ record: MetricsRecord) throws {
    try file?.check()
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
    let content: [UInt8]
    (columns, content) = try Self.content(ofLogAt: log)
    let old = try? InputFile(place).readAll(limit: MetricsLog.maximumSize)
    if old != content { try operations.atomicWrite(place, content) }
    file = try operations.openToAppend(place)
  }

  /// Gives up the file, so that the next row makes it again.
  func close() {
    if let file { operations.close(file) }
    file = nil
  }

  /// The columns, and the whole table, as RFC 4180 has it but for the lines' ends.
  static func content(
    ofLogAt place: Place
  ) throws(FileError) -> (columns: MetricsColumns, bytes: [UInt8]) {
    var columns = MetricsColumns()
    try MetricsLog.forEachRecord(place) { columns.add($0) }
    var bytes = Array((["step"] + columns.names).map(cell).joined(separator: ",").utf8) + [10]
    try MetricsLog.forEachRecord(place) { bytes += row($0, columns).utf8 }
    return (columns, bytes)
  }

  private static func row(_ record: MetricsRecord, _ columns: MetricsColumns) -> String {
    let cells = columns.names.map { name in record.values[name].map { "\($0)" } ?? "" }
    return (["\(record.step)"] + cells).joined(separator: ",") + "\n"
  }

  private static func cell(_ text: String) -> String {
    guard text.utf8.contains(where: ",\"\n\r".utf8.contains) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}

/// The names of measurements in the order in which they first came.
package struct MetricsColumns {
  package init() {}

  package private(set) var names: [String] = []
  private var known: Set<String> = []

  /// Adds those of a record that are new.
  package mutating func add(_ record: MetricsRecord) {
    for name in record.names where known.insert(name).inserted { names.append(name) }
  }

  func contains(_ name: String) -> Bool { known.contains(name) }
}
