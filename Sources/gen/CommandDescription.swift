import Files
import Foundation

/// A command as the argument parser describes it: the part of its JSON that a manual tells.
struct CommandDescription: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let superCommands: [String]?
  let subcommands: [CommandDescription]?
  let arguments: [Argument]?

  /// A flag, an option or what stands without a name.
  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }
    struct Name: Decodable {
      enum Kind: String, Decodable { case long, short, longWithSingleDash }
      let kind: Kind
      let name: String
    }

    let kind: Kind
    let names: [Name]?
    let valueName: String?
    let abstract: String?
    let sectionTitle: String?
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool
    let defaultValue: String?
    let allValues: [String]?
  }

  /// All of the command, from its own description.
  /// - Throws: `FileError`, a defect.
  static func all() throws -> CommandDescription {
    struct Root: Decodable { let command: CommandDescription }
    let help = try JSONNode(Array(Gen._dumpHelp().utf8), path: "the help of gen")
    return try help.decoded(as: Root.self).command
  }

  /// The commands that do something, with their words: "gen verify resume".
  var commands: [(words: String, command: CommandDescription)] {
    // The command that the parser adds, help, is no command of its own.
    let parts = (subcommands ?? []).filter { $0.commandName != "help" }
    guard parts.isEmpty else { return parts.flatMap(\.commands) }
    return [(((superCommands ?? []) + [commandName]).joined(separator: " "), self)]
  }

  /// The paragraphs of the discussion; examples are those whose lines are to stay as they are.
  var paragraphs: [(text: String, isExample: Bool)] {
    (discussion ?? "").components(separatedBy: "\n\n").filter { !$0.isEmpty }
      .map { ($0, $0.hasPrefix("gen ")) }
  }
}
