import ArgumentParser
import Datasets

/// `gen data`: what a data set holds.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Inspects data sets.",
    discussion: """
      gen data check ~/photos               counts, sizes, broken files
      """,
    subcommands: [Check.self])

  /// `gen data check`: counts images, or characters, and names what cannot be read.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Counts images, classes and duplicates, or characters; names unreadable files.",
      discussion: """
        gen data check ~/photos
        gen data check fashion-mnist --json
        gen data check book.txt

        The exit status is 65 where files cannot be read.
        """)

    @Argument(
      help: ArgumentHelp(
        "A data set's name (\((ImageDataset.names + TextSource.names).joined(separator: ", "))) "
          + "or a path."),
      completion: .data)
    var what: String

    @Flag(help: "Print the report as JSON.")
    var json = false

    func run() throws {
      if TextSource.isText(what) {
        let check = try TextCheck(what)
        try report(check, check.unreadable)
      } else {
        let check = try DatasetCheck(what)
        try report(check, check.unreadable)
      }
    }

    private func report(
      _ check: some Encodable & CustomStringConvertible, _ unreadable: [BrokenFile]
    ) throws {
      print(json ? try jsonLine(check) : "\(lines: check)")
      if !unreadable.isEmpty { throw ExitCode(ExitStatus.badData.rawValue) }
    }
  }
}
