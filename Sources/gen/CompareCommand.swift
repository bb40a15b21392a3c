import ArgumentParser
import Files
import Images
import Reports

/// `gen compare`: two runs side by side.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Shows two runs side by side: recipes, curves and samples.",
    discussion: """
      gen compare gan-001 gan-002
      gen compare gan-001 gan-002 -o both.html --open   a page, with samples
      gen compare gan-001 gan-002 --json
      """)

  @Argument(help: ArgumentHelp("A run's name or folder.", valueName: "run"), completion: .runs())
  var first: String

  @Argument(help: ArgumentHelp("Another's.", valueName: "other"), completion: .runs())
  var second: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write a page to this file, - for standard output.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Flag(help: "Print a line of JSON.")
  var json = false

  @OptionGroup var page: PageFlags

  func validate() throws {
    if json && output != nil {
      throw ValidationError("--json prints a line and --output writes a page: give one of them")
    }
    if page.open && output == nil {
      throw ValidationError("--open shows a page: name a file for it with --output")
    }
  }

  func run() throws {
    try page.check(output)
    let destination = try output.map { try Output($0) }
    let differences = try RunDifferences(RunLookup.find(first), RunLookup.find(second))
    if let destination {
      try destination.writeAndTell(Array(differences.page.utf8))
      return try page.show(destination.name)
    }
    if json { return print(try jsonLine(differences)) }
    let style = TerminalStyle.standardOutput
    // The curves' colors are ours; all else in it is escaped already.
    print("\(raw: differences.text(style))")
    guard style.isColored else { return }
    for (name, image) in differences.images {
      print("\n\(name)")
      print("\(raw: TerminalImage.forStandardOutput(image))", terminator: "")
    }
  }
}
