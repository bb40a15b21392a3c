import ArgumentParser
import Files
import Reports
import Runs

/// `gen report`: a page about a run.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a page about a run: its curves, its samples over time, its recipe.",
    discussion: """
      gen report                          the newest run
      gen report gan-001 -o gan.html
      gen report gan-001 gan-002          two runs, as gen compare has them

      The page is one file, which any browser opens, without a network.
      """)

  @Argument(
    help: ArgumentHelp("A run's name or folder; the newest run by default.", valueName: "run"),
    completion: .runs())
  var name: String?

  @Argument(
    help: ArgumentHelp("Another run, to show both side by side.", valueName: "other"),
    completion: .runs())
  var other: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File of the page, - for standard output; the run's name and -report.html by default.",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @OptionGroup var page: PageFlags

  func run() throws {
    try page.check(output)
    let run = try RunLookup.find(name)
    if name == nil { writeToStandardError("reporting on \(run.name)\n") }
    let second = try other.map { try RunLookup.find($0) }
    let names = [run.name] + (second.map { [$0.name] } ?? [])
    let path = output ?? "\(names.joined(separator: "-"))-report.html"
    try Output(path).writeAndTell(bytes(of: run, second))
    try page.show(path)
  }

  private func bytes(of run: RunFolder, _ second: RunFolder?) throws -> [UInt8] {
    if let second { return Array(try RunDifferences(run, second).page.utf8) }
    // A pretrained model has the page of its run, in place of what the page is made of.
    if fileKind(run.metricsPath) == nil, fileKind(run.reportPath) == .file {
      return try InputFile(run.reportPath).readAll(limit: 1 << 26)
    }
    let report = try RunReport(run)
    for problem in report.problems { writeToStandardError("gen: \(lines: problem)\n") }
    return Array(report.page.utf8)
  }
}
