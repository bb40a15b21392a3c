import ArgumentParser
import Datasets
import Files
import Runs

/// What was probably meant by words that mean nothing to the argument parser or to a data set.
enum Mistakes {
  /// The command that the words, up to the first flag or argument, name: "gen verify resume".
  /// - Throws: `UsageError` that names the command that was probably meant.
  static func command(of words: [String]) throws -> String {
    var words = words
    var found = ["gen"]
    if words.first == "help" { words.removeFirst() }
    var command: any ParsableCommand.Type = Gen.self
    for word in words {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !word.hasPrefix("-") else { break }
      guard let subcommand = subcommands.first(where: { $0.configuration.commandName == word })
      else {
        let names = subcommands.compactMap { $0.configuration.commandName }
        let meant = Runs.suggestion(for: word, among: names)
        let name = command.configuration.commandName ?? "gen"
        let path = name == "gen" ? word : "\(name) \(word)"
        throw UsageError(
          "unknown command '\(path)'"
            + (meant.isEmpty ? ": commands are \(names.joined(separator: ", "))" : meant))
      }
      command = subcommand
      found.append(word)
    }
    return found.joined(separator: " ")
  }

  /// The argument parser's message, with the value that was probably meant where it lists those there
  /// are: "The value 'dddim' is invalid for '--sampler <name>'. Please provide one of 'ddpm', ...", or, of more
  /// than five, "... one of the following:" and a line with a hyphen for each.
  static func withSuggestion(_ message: String) -> String {
    if let better = withSynonym(message) { return better }
    let pattern =
      /The value '([^']*)' is invalid for [^\n]* one of (?:([^\n]*)\.|the following:((?:\n +- [^\n]*)+))/
    guard let match = message.firstMatch(of: pattern) else { return message }
    // Between the quotes are names, between the names commas.
    let quoted = match.2?.split(separator: "'").enumerated().filter { $0.offset % 2 == 0 }
      .map { String($0.element) }
    let listed = match.3?.split(separator: "\n").map { String($0.drop { " -".contains($0) }) }
    let names = quoted ?? listed ?? []
    guard let meant = nearestName(to: String(match.1), among: names) else { return message }
    return message.replacing(pattern, maxReplacements: 1) {
      "\($0.output.0)\(listed == nil ? " " : "\n")Did you mean '\(meant)'?"
    }
  }

  /// The argument parser's message about a flag that goes by another name here, in the field's words: "Unknown option
  /// '--lr'. Did you mean ...", in place of a flag that is only spelled alike; nil for any other message.
  private static func withSynonym(_ message: String) -> String? {
    let pattern = /Unknown option '(--[^']*)'(?:\. Did you mean '[^']*'\?)?/
    guard let match = message.firstMatch(of: pattern),
      let command = try? command(of: Array(CommandLine.arguments.dropFirst())),
      let flags = try? Words.flags(of: command).flatMap(\.words)
    else { return nil }
    let flag = String(match.1)
    let hint: String
    if let meant = Synonyms.meant(by: flag, among: flags) {
      hint = "Did you mean '\(meant)'?"
    } else if flag == "--quiet" {
      hint = "Messages go to standard error, and 2> /dev/null leaves them out."
    } else {
      return nil
    }
    return message.replacing(pattern, maxReplacements: 1) { _ in
      "Unknown option '\(flag)'. \(hint)"
    }
  }

  /// A message in which the words of the command line that it quotes are each on one line.
  static func quoting(_ message: String) -> String {
    CommandLine.arguments.dropFirst().flatMap { [$0] + $0.split(separator: "=").map(String.init) }
      .filter { $0 != oneLine($0) && !$0.trimmed.isEmpty }
      .reduce(message) { $0.replacing($1, with: oneLine($1)) }
  }

  /// What to add to an error of a data set that is not there.
  static func suggestion(after error: any Error) -> String {
    guard let error = error as? DatasetError, error.kind == .missing else { return "" }
    return Runs.suggestion(for: error.name, among: ImageDataset.names + TextSource.names)
  }
}
