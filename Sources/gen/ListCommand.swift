import ArgumentParser
import Files
import Foundation
import Reports
import Runs

/// `gen list`: the runs that there are, and the pretrained models.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the runs, newest first, and the pretrained models.",
    discussion: """
      gen list
      gen list --json                     for programs
      """)

  @Flag(help: "Print a line of JSON for each.")
  var json = false

  func run() throws {
    let runs = RunSummary.all(in: RunLookup.root)
    let models = Pretrained.all
    RunLookup.tellOfUnnamed()
    if json { return try (runs + models).forEach { print(try jsonLine($0)) } }
    if runs.isEmpty {
      writeToStandardError("no runs in \(RunLookup.root): gen train gan makes one\n")
    } else {
      print(lines: table(of: runs, named: "RUN"))
      for summary in runs {
        guard let reason = summary.failureReason else { continue }
        print("\(summary.run.name) failed: \(reason)")
      }
    }
    if !models.isEmpty {
      print(lines: (runs.isEmpty ? "" : "\n") + table(of: models, named: "PRETRAINED"))
    }
  }

  private func table(of runs: [RunSummary], named title: String) -> String {
    let cells = runs.map { summary in
      [
        summary.kind ?? "?", summary.step.map { "\($0)" } ?? "-",
        summary.metric.map { metric in
          "\(metric.name) \(brief(metric.value))" + (summary.bestStep.map { " at \($0)" } ?? "")
        } ?? "-",
        duration(Timestamp.now.seconds(since: summary.started)), size(summary.size),
      ]
    }
    let head = ["KIND", "STEP", "BEST", "AGE", "SIZE"]
    let widths = head.indices.map { column in
      ([head] + cells).map { $0[column].count + 2 }.max() ?? 0
    }
    let room = max(TerminalStyle.standardOutput.columns - widths.reduce(0, +), 12)
    let rows = zip(runs, cells).map { [shortened($0.run.name, to: room)] + $1 }
    return Reports.table([[title] + head] + rows, numbers: [2, 4, 5])
  }
}
