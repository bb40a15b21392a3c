import Foundation

/// The command's page of the manual, in the language of mdoc(7), made of the command's own description.
struct ManualPage {
  /// The command.
  let command: CommandDescription
  /// The program's version.
  let version: String
  /// The day that the page names.
  let date: Date

  /// The page, for `man -l -` or a file gen.1.
  var text: String {
    """
    .Dd \(Self.day(date))
    .Dt GEN 1
    .Os "gen \(version)"
    .Sh NAME
    .Nm gen
    .Nd \(Self.escaped(command.abstract ?? "", isPhrase: true))
    .Sh SYNOPSIS
    \(command.commands.map(synopsis).joined(separator: "\n"))
    .Sh DESCRIPTION
    \(Self.escaped(command.abstract ?? ""))
    \(Self.paragraphs(command))
    .Sh VERBS
    \(command.commands.map(section).joined(separator: "\n"))
    .Sh ENVIRONMENT
    \(Self.list(Self.environment.map { (".Ev \($0)", $1) }))
    .Sh FILES
    \(Self.list(Self.files.map { (".Pa \($0)", $1) }))
    .Sh EXIT STATUS
    \(Self.list(Self.statuses.map { (".Li \($0)", $1) }))

    """
  }

  // MARK: - Commands

  private func synopsis(_ words: String, _ command: CommandDescription) -> String {
    let arguments = Self.arguments(of: command)
    let required = arguments.filter { !$0.isOptional && $0.kind != .positional }
      .map { Self.head($0) }
    let isOptional = arguments.contains { $0.isOptional && $0.kind != .positional }
    let positional = arguments.filter { $0.kind == .positional }
      .map { $0.isOptional ? "Op Ar \($0.valueName ?? "")" : "Ar \($0.valueName ?? "")" }
    let name = words.split(separator: " ").dropFirst().joined(separator: " ")
    return
      ([".Nm", ".Cm \(name)"] + (isOptional ? [".Op Ar options"] : [])
      + (required + positional).map { ".\($0)" }).joined(separator: "\n")
  }

  private func section(_ words: String, _ command: CommandDescription) -> String {
    let arguments = Self.arguments(of: command)
    // What the command is about goes before what is for some models only.
    let titles = arguments.map(\.sectionTitle).reduce(into: [String?]()) { titles, title in
      if !titles.contains(title) { titles.append(title) }
    }
    let lists = titles.map { title in
      (title.map { ".Pp\n\(Self.escaped($0)):\n" } ?? "")
        + Self.list(
          arguments.filter { $0.sectionTitle == title }
            .map { (".\(Self.head($0))", Self.meaning(of: $0)) })
    }
    let text = [".Ss \(words)", Self.escaped(command.abstract ?? ""), Self.paragraphs(command)]
    return (text + lists)
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// What a command takes, but for what all of them do.
  private static func arguments(of command: CommandDescription) -> [CommandDescription.Argument] {
    (command.arguments ?? []).filter { argument in
      argument.shouldDisplay
        && !(argument.names ?? []).contains { ["help", "version"].contains($0.name) }
    }
  }

  /// An argument as a macro shows it: "Fl o , Fl Fl output Ar file".
  private static func head(_ argument: CommandDescription.Argument) -> String {
    let value = argument.kind == .flag ? nil : argument.valueName.map { "Ar \($0)" }
    let names = (argument.names ?? []).sorted { $0.kind == .short && $1.kind != .short }
      .map { $0.kind == .long ? "Fl Fl \($0.name)" : "Fl \($0.name)" }
    return [names.isEmpty ? nil : names.joined(separator: " , "), value].compactMap { $0 }
      .joined(separator: " ")
  }

  private static func meaning(of argument: CommandDescription.Argument) -> String {
    let values = argument.allValues.map { "One of \($0.joined(separator: ", "))." }
    let standard = argument.defaultValue.map { "By default \($0)." }
    let repetition =
      argument.isRepeating && !(argument.abstract ?? "").contains("several times")
      ? "May be given several times." : nil
    return [argument.abstract, values, standard, repetition].compactMap { $0 }
      .joined(separator: " ")
  }

  // MARK: - What the parser does not know

  private static let environment = [
    ("GEN_HOME", "A folder in which pretrained models are looked for first."),
    ("GEN_ISA", "The vector instructions to use: avx2 on a processor that has avx512."),
    ("NO_COLOR", "Where it is set, nothing is colored."),
    ("SOURCE_DATE_EPOCH", "The day that gen manual names, in seconds since 1970; otherwise today."),
  ]

  private static let files = [
    ("runs/", "The runs of the folder that one works in, each a folder."),
    ("samples/pretrained/", "Where pretrained models are looked for last."),
    ("../share/gen/", "The same beside the program's folder, after GEN_HOME."),
  ]

  private static var statuses: [(String, String)] {
    [("0", "All is done.")] + ExitStatus.allCases.map { ("\($0.rawValue)", $0.meaning) }
      + [
        (
          "129, 130, 143",
          "The training was interrupted by SIGHUP, SIGINT or SIGTERM, after a checkpoint."
        )
      ]
  }

  // MARK: - The language

  private static func list(_ items: [(head: String, text: String)]) -> String {
    guard !items.isEmpty else { return "" }
    let lines = items.map { head, text in ".It \(head.dropFirst())\n\(escaped(text))" }
    return ([".Bl -tag -width indent"] + lines + [".El"]).joined(separator: "\n")
  }

  private static func paragraphs(_ command: CommandDescription) -> String {
    command.paragraphs.map { text, isExample in
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { escaped(String($0)) }.joined(separator: "\n")
      return isExample ? ".Bd -literal\n\(lines)\n.Ed" : ".Pp\n\(lines)"
    }.joined(separator: "\n")
  }

  /// Text of which nothing is taken for a command of the language or for a typographic sign; as a
  /// phrase, it begins small and has no end.
  private static func escaped(_ text: String, isPhrase: Bool = false) -> String {
    var text = text
    if isPhrase { text = text.prefix(1).lowercased() + text.dropFirst() }
    if isPhrase, text.hasSuffix(".") { text.removeLast() }
    let signs: [Character: String] = [
      "\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti",
    ]
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      // Names, files and flags are not cut at the end of a line, unlike words.
      let isName = word.dropFirst().dropLast().contains { "-._/".contains($0) }
      return (isName ? "\\%" : "") + word.map { signs[$0] ?? String($0) }.joined()
    }
    let shown = words.joined(separator: " ")
    return shown.hasPrefix(".") ? "\\&\(shown)" : shown
  }

  private static func day(_ date: Date) -> String {
    date.formatted(
      Date.VerbatimFormatStyle(
        format: "\(month: .wide) \(day: .defaultDigits), \(year: .defaultDigits)",
        locale: Locale(identifier: "en_US"), timeZone: .gmt,
        calendar: Calendar(identifier: .gregorian)))
  }
}
