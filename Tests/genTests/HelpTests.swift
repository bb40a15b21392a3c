import Foundation
import Testing

@testable import gen

/// What the command says of itself: help, manual, completions.
struct HelpTests {
  let gen = Program()

  private static var commands: [(words: String, command: CommandDescription)] {
    get throws {
      func all(_ command: CommandDescription) -> [(String, CommandDescription)] {
        let words = (command.superCommands ?? []) + [command.commandName]
        return [(words.joined(separator: " "), command)]
          + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap(all)
      }
      return all(try .all())
    }
  }

  /// Every command has an example of itself, and what is broken into lines is not broken again.
  @Test func everyVerbHasAnExampleAndFitsATerminal() throws {
    #expect(try Self.commands.count > 15)
    for (words, command) in try Self.commands {
      let discussion = command.discussion ?? ""
      #expect("\n\(discussion)".contains("\n\(words)"), "\(words) has no example")
      let call = Array(words.split(separator: " ").dropFirst().map(String.init)) + ["--help"]
      let help = try gen.start(call, environment: ["COLUMNS": "80"]).wait()
      #expect(help.status == 0 && help.messages.isEmpty)
      let shown = Set(help.output.split(separator: "\n").map(String.init))
      for paragraph in command.paragraphs where paragraph.text.contains("\n") || paragraph.isExample
      {
        for line in paragraph.text.split(separator: "\n") {
          #expect(shown.contains(String(line)), "\(words): \(line)")
          // The manual's text is set in by five.
          #expect(!paragraph.isExample || line.count <= 75, "\(words): \(line)")
        }
      }
    }
  }

  /// What an example calls is there: the command, and its flags.
  @Test func examplesNameFlagsThatThereAre() throws {
    let commands = try Self.commands
    for example in commands.flatMap({ $0.command.paragraphs }).filter(\.isExample) {
      for line in example.text.split(separator: "\n") {
        let call = line.components(separatedBy: "  ")[0]
        let command = try #require(
          commands.filter { "\(call) ".hasPrefix("\($0.words) ") }.max {
            $0.words.count < $1.words.count
          }, "\(call)")
        let flags = Set((command.command.arguments ?? []).flatMap { $0.names ?? [] }.map(\.name))
        for word in call.split(separator: " ") where word.hasPrefix("-") && word.count > 1 {
          guard let flag = word.split(separator: "-", maxSplits: 2).first else { continue }
          let name = word.hasPrefix("--") ? word.dropFirst(2) : flag
          // man's own, behind the bar.
          #expect(flags.contains(String(name)) || call.contains("|"), "\(call): \(word)")
        }
      }
    }
  }

  @Test func theVersion() throws {
    let result = try gen("--version")
    #expect(result.status == 0 && result.output == "\(Gen.version)\n")
    #expect(Gen.version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
    let log = Article.package.appendingPathComponent("CHANGELOG.md")
    let newest = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      .first { $0.hasPrefix("## ") }
    #expect(newest?.dropFirst(3).prefix { $0 != " " } == Substring(Gen.version), "CHANGELOG.md")
  }

  /// Whoever makes packages says which day it is.
  @Test func theManualNamesTheDayThatItIsTold() throws {
    func day(_ seconds: String) throws -> Program.Result {
      try gen("manual", environment: ["SOURCE_DATE_EPOCH": seconds])
    }
    #expect(try day("86400").output.hasPrefix(".Dd January 2, 1970\n"))
    let wrong = try day("yesterday")
    #expect(wrong.status == 64 && wrong.messages.hasPrefix("gen: SOURCE_DATE_EPOCH is yesterday"))
  }

  /// The page names each command, flag and exit status, and nothing in it begins a line by mistake.
  @Test func theManual() throws {
    let page = try gen("manual")
    #expect(page.status == 0 && page.messages.isEmpty)
    let lines = page.output.split(separator: "\n", omittingEmptySubsequences: false)
    let macros = Set("Ar Bd Bl Cm Dd Dt Ed El It Nd Nm Op Os Pp Sh Ss Fl".split(separator: " "))
    for line in lines where line.hasPrefix(".") {
      #expect(macros.contains(line.dropFirst().prefix(2)), "\(line)")
    }
    #expect(!lines.contains { $0.hasPrefix("'") } && page.output.allSatisfy(\.isASCII))
    for title in ["NAME", "SYNOPSIS", "VERBS", "ENVIRONMENT", "FILES", "EXIT STATUS"] {
      #expect(lines.contains(".Sh \(title)"), "\(title)")
    }
    for (words, command) in try CommandDescription.all().commands {
      #expect(lines.contains(".Ss \(words)"), "\(words)")
      for name in (command.arguments ?? []).flatMap({ $0.names ?? [] })
      where name.kind == .long && !["help", "version"].contains(name.name) {
        #expect(lines.contains { $0.hasPrefix(".It Fl") && $0.contains("Fl Fl \(name.name)") })
      }
    }
    for status in ExitStatus.allCases { #expect(lines.contains(".It Li \(status.rawValue)")) }
    // As many lists and displays end as begin.
    for (begin, end) in [(".Bl", ".El"), (".Bd", ".Ed")] {
      #expect(lines.count { $0.hasPrefix(begin) } == lines.count { $0 == end })
    }
  }

  /// What bash completes where Tab ends a command line.
  private func offers(_ words: String...) throws -> [String] {
    let script = """
      source ./gen.bash
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
      COMPREPLY=()
      _gen gen "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    try gen.write(script, to: "complete.bash")
    let result = try gen.startAsWords(of: "complete.bash", words).wait()
    #expect(result.status == 0, "\(result.messages)")
    return result.output.split(separator: "\n").map(String.init).sorted()
  }

  @Test func bashOffersWhatThereIs() throws {
    for shell in ["zsh", "fish"] {
      let script = try gen("--generate-completion-script", shell)
      #expect(script.status == 0 && script.output.contains("interpolate"), "\(shell)")
    }
    try gen.write(gen("--generate-completion-script", "bash").output, to: "gen.bash")
    let small = Program.smallGAN + ["--steps", "1", "--name", "drawn"]
    #expect(try gen.start(small).wait().status == 0)
    try gen.write("To be", to: "book.txt")
    #expect(try offers("re") == ["recipes", "report"])
    #expect(try offers("train", "tran") == ["transformer", "transformer-baby", "transformer-nano"])
    #expect(try offers("train", "dcg") == ["dcgan"] && offers("recipes", "nano") == ["nanogpt"])
    #expect(try offers("train", "--resume", "") == ["drawn"])
    #expect(try offers("sample", "d") == ["drawn"])
    #expect(try offers("sample", "--sampler", "d") == ["ddim", "ddpm", "dpm"])
    #expect(try offers("explain", "d") == ["drawn"])
    #expect(try offers("rm", "d") == ["drawn"] && offers("prune", "d") == ["drawn"])
    #expect(try offers("export", "--to", "transformers", "x").isEmpty)
    #expect(try offers("train", "gan", "--data", "fash") == ["fashion-mnist"])
    #expect(try offers("train", "rnn", "--data", "bo") == ["book.txt"])
    #expect(try offers("train", "gan", "--set", "model.ch") == ["model.channels="])
    #expect(try offers("train", "gan", "--set", "loss=h") == ["loss=hinge"])
    #expect(try offers("data", "check", "runs/") == ["runs/drawn"])
    #expect(try offers("sample", "--interp") == ["--interpolate"])
  }
}
