import ArgumentParser
import Files
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
    let page = ManualPage(command: try .all(), version: Gen.version, date: try Self.date())
    print("\(lines: page.text)", terminator: "")
  }

  /// The day that the page names: today, or for whoever makes packages that have the same bytes each time, the
  /// one that SOURCE_DATE_EPOCH tells.
  /// - Throws: `UsageError` where that is no time.
  private static func date() throws -> Date {
    guard let text = environmentVariable("SOURCE_DATE_EPOCH"), !text.isEmpty else { return Date() }
    guard let seconds = UInt32(text) else {
      throw UsageError("SOURCE_DATE_EPOCH is \(text), but must be whole seconds since 1970")
    }
    return Date(timeIntervalSince1970: Double(seconds))
  }
}
