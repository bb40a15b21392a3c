import Files

extension MetricsTable {
  /// The records of a table.
  /// - Throws: `FileError` that names the line and the column where it is none.
  package static func records(path: String) throws(FileError) -> [MetricsRecord] {
    let bytes = try InputFile(path).readAll(limit: MetricsLog.maximumSize)
    let rows = rows(of: String(decoding: bytes, as: UTF8.self))
    guard let header = rows.first, header.first == "step" else {
      throw FileError(.badData, path, "does not begin with a line of columns: step,loss,...")
    }
    var records: [MetricsRecord] = []
    for (number, row) in rows.enumerated().dropFirst() {
      guard row.count == header.count, let step = Int(row[0]) else {
        throw FileError(
          .badData, path,
          "line \(number + 1) must have \(header.count) cells, the first a whole number")
      }
      var measurements: [(key: String, value: Double)] = []
      for (name, cell) in zip(header, row).dropFirst() where !cell.isEmpty {
        guard let value = Double(cell) else {
          throw FileError(
            .badData, path, "line \(number + 1): \(name) is \(quoted(cell)), but must be a number")
        }
        measurements.append((name, value))
      }
      records.append(MetricsRecord(step: step, measurements))
    }
    return records
  }

  /// The cells of each row; a cell in quotes may hold commas, line feeds and doubled quotes.
  private static func rows(of text: String) -> [[String]] {
    var rows: [[String]] = []
    var (row, cell, isQuoted) = ([String](), "", false)
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"" where isQuoted && rest.first == "\"":
        cell.unicodeScalars.append(rest.removeFirst())
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        row.append(cell)
        cell = ""
      case "\n" where !isQuoted:
        rows.append(row + [cell])
        (row, cell) = ([], "")
      case "\r" where !isQuoted: break
      default: cell.unicodeScalars.append(scalar)
      }
    }
    return row.isEmpty && cell.isEmpty ? rows : rows + [row + [cell]]
  }
}
