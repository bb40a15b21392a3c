import ArgumentParser
import Foundation

/// `gen manual`: the command's page of the manual.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Prints the manual page, for man.",
    discussion: """
      gen manual | man -l -
      gen manual > /usr/local/share/man/man1/gen.1

      The page has the help of all commands, and the exit statuses.
      """)

  func run() throws {
    let page = ManualPage(command: try .all(), version: Gen.version, date: Date())
    print("\(lines: page.text)", terminator: "")
  }
}
