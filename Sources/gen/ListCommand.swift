import ArgumentParser
import Foundation
import Training

/// `gen list`: the runs that there are.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the runs, the one started last first.")

  func run() throws {
    let runs = RunSummary.all(in: Runs.root)
    guard !runs.isEmpty else {
      writeToStandardError("no runs in \(Runs.root): gen train gan makes one\n")
      return
    }
    let rows =
      [["RUN", "KIND", "STEP", "BEST", "AGE", "SIZE"]]
      + runs.map { summary in
        [
          summary.run.name, summary.kind ?? "?", summary.step.map { "\($0)" } ?? "-",
          summary.metric.map { "\($0.name) \(fixed($0.value, 4))" } ?? "-",
          duration(Date().timeIntervalSince(summary.started)), size(summary.size),
        ]
      }
    print(table(rows))
  }
}

/// A number of bytes for people: "1.5 MiB".
func size(_ bytes: Int) -> String {
  var (value, unit) = (Double(bytes), 0)
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  while value >= 1024 && unit + 1 < units.count {
    value /= 1024
    unit += 1
  }
  return "\(fixed(value, unit == 0 ? 0 : 1)) \(units[unit])"
}

/// Rows of cells in columns, as wide as their longest cell; those from the column `numbersFrom` on end
/// at the same place.
func table(_ rows: [[String]], numbersFrom first: Int = .max) -> String {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    zip(row, widths).enumerated().map { column, cell in
      let space = String(repeating: " ", count: cell.1 - cell.0.count)
      let gap = column + 1 == row.count ? "" : "  "
      if column >= first { return space + cell.0 + gap }
      return gap.isEmpty ? cell.0 : cell.0 + space + gap
    }.joined()
  }.joined(separator: "\n")
}
