import ArgumentParser
import Files
import Reports

/// `gen report`: a page about a run.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a page about a run: its curves, its samples over time, its recipe.",
    discussion: """
      gen report                          the newest run
      gen report gan-001 -o gan.html

      The page is one file, which any browser opens, without a network.
      """)

  @Argument(
    help: ArgumentHelp("A run's name or folder; the newest run by default.", valueName: "run"),
    completion: .runs())
  var name: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File of the page, - for standard output; the run's name and -report.html by default.",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  func run() throws {
    let run = try RunLookup.find(name)
    if name == nil { writeToStandardError("reporting on \(run.name)\n") }
    let destination = try Output(output ?? "\(run.name)-report.html")
    let report = try RunReport(run)
    for problem in report.problems { writeToStandardError("gen: \(lines: problem)\n") }
    try destination.writeAndTell(Array(report.page.utf8))
  }
}
