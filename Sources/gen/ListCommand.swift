import ArgumentParser
import Foundation
import Training

/// `gen list`: the runs that there are.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the runs, the one started last first.")

  @Flag(help: "Print a line of JSON for each.")
  var json = false

  func run() throws {
    let runs = RunSummary.all(in: Runs.root)
    guard !runs.isEmpty else {
      writeToStandardError("no runs in \(Runs.root): gen train gan makes one\n")
      return
    }
    if json { return try runs.forEach { print(try jsonLine($0)) } }
    let cells = runs.map { summary in
      [
        summary.kind ?? "?", summary.step.map { "\($0)" } ?? "-",
        summary.metric.map { "\($0.name) \(brief($0.value))" } ?? "-",
        duration(Date().timeIntervalSince(summary.started)), size(summary.size),
      ]
    }
    let head = ["KIND", "STEP", "BEST", "AGE", "SIZE"]
    let widths = head.indices.map { column in
      ([head] + cells).map { $0[column].count + 2 }.max() ?? 0
    }
    let room = max(TerminalStyle.standardOutput.columns - widths.reduce(0, +), 12)
    let rows = zip(runs, cells).map { [shortened($0.run.name, to: room)] + $1 }
    print(table([["RUN"] + head] + rows, numbers: [2, 4, 5]))
    for summary in runs {
      guard let reason = summary.reasonGivenUp else { continue }
      print(printable("\(summary.run.name) was given up: \(reason)"))
    }
  }
}
