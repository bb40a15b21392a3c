import ArgumentParser
import Datasets
import Foundation

/// `gen data`: what a data set holds.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Looks data sets over.", subcommands: [Check.self])

  /// `gen data check`: counts images and names what cannot be read.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Counts images, sizes, channels, classes and duplicates; names unreadable files.",
      discussion: """
        gen data check ~/photos
        gen data check fashion-mnist --json

        The exit status is 65 where files cannot be read.
        """)

    @Argument(help: "A data set's name (\(ImageDataset.names.joined(separator: ", "))) or a path.")
    var what: String

    @Flag(help: "Print the report as JSON.")
    var json = false

    func run() throws {
      let check = try DatasetCheck(what)
      print(json ? try jsonLine(check) : check.description)
      if !check.unreadable.isEmpty { throw ExitCode(ExitStatus.badData.rawValue) }
    }
  }
}

/// A value as JSON on one line.
func jsonLine(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
