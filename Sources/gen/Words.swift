import Runs

/// The words of the command line, as the argument parser should get them.
///
/// Left to itself, it takes -threads for seven flags of one letter, and prints the help for the h among
/// them; and it takes no value that begins with a dash, neither -1 nor a text.
enum Words {
  /// What any text may follow, whatever it begins with.
  static let takingText: Set = ["--prompt", "--stop"]

  /// The words, with what is a value joined to its flag.
  /// - Throws: `UsageError` for a command or a flag with one dash that there is not.
  static func checked(_ words: [String]) throws -> [String] {
    // A shell asks for completions.
    if words.first?.hasPrefix("---") == true { return words }
    let command = try Mistakes.command(of: words)
    var result: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      // What follows is no flag.
      if word == "--" { return result + [word] + rest }
      if isLongFlag(word), let value = rest.first,
        takingText.contains(word) ? value.hasPrefix("-") : isNegative(value)
      {
        result.append("\(word)=\(value)")
        rest.removeFirst()
        continue
      }
      if isCluster(word) { throw try mistake(word, after: result.last, of: command) }
      result.append(word)
    }
    return result
  }

  private static func isLongFlag(_ word: String) -> Bool {
    word.hasPrefix("--") && !word.contains("=")
  }

  /// Whether a word is a number below zero, or what was meant to be one, such as -10m.
  private static func isNegative(_ word: String) -> Bool {
    guard word.hasPrefix("-"), let next = word.dropFirst().first else { return false }
    return next.isWholeNumber || next == "." || Double(word) != nil
  }

  /// Whether the argument parser would take a word for several flags. There are -h, and -o with its value,
  /// if any, behind a sign.
  private static func isCluster(_ word: String) -> Bool {
    guard word.hasPrefix("-"), !word.hasPrefix("--"), word != "-" else { return false }
    return word != "-h" && word != "-o" && !word.hasPrefix("-o=")
  }

  private static func mistake(
    _ word: String, after previous: String?, of command: String
  ) throws -> UsageError {
    let flags = try flags(of: command)
    let takesValue = flags.contains { $0.words.contains(previous ?? "") && $0.takesValue }
    let help = "\(command) --help lists them"
    let meant = meant(by: word, among: flags)
    let hint =
      takesValue
      ? meant.map { "; did you mean \"\($0)\"?" }
        ?? "; a value that begins with a dash is written \(previous ?? "")=\(word)"
      : meant.map { "; did you mean \"\($0)\"?" } ?? ": \(help)"
    return UsageError("there is no flag \(word)\(hint)")
  }

  /// What was probably meant: the flag of that name with two dashes, or a short one with its value.
  private static func meant(by word: String, among flags: [Flag]) -> String? {
    let name = "-\(word.prefix { $0 != "=" })"
    let long = flags.flatMap(\.words).filter { $0.hasPrefix("--") }
    if long.contains(name) { return name }
    if let synonym = Synonyms.meant(by: name, among: long) { return synonym }
    let short = word.prefix(2)
    let value = word.dropFirst(2).drop { $0 == "=" }
    if name.count > 5, let near = nearestName(to: name, among: long) { return near }
    guard flags.contains(where: { $0.words.contains(String(short)) && $0.takesValue }) else {
      return nearestName(to: name, among: long)
    }
    return "\(short) \(value)"
  }

  /// A flag in its forms.
  struct Flag {
    /// "-o" and "--output".
    let words: [String]
    let takesValue: Bool
  }

  /// The flags of a command, such as "gen verify resume".
  static func flags(of words: String) throws -> [Flag] {
    var command = try CommandDescription.all()
    for name in words.split(separator: " ").dropFirst() {
      command = command.subcommands?.first { $0.commandName == name } ?? command
    }
    return (command.arguments ?? []).compactMap { argument in
      guard let names = argument.names else { return nil }
      return Flag(
        words: names.map { $0.kind == .long ? "--\($0.name)" : "-\($0.name)" },
        takesValue: argument.kind == .option)
    }
  }
}
