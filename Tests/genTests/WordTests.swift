import Foundation
import Testing

@testable import gen

/// Words of the command line that begin with a dash.
struct WordTests {
  let gen = Program()

  /// A flag with one dash that there is not is an error, with an h in it or without.
  @Test(arguments: [
    ("sample -threads 2", "no flag -threads; did you mean \"--threads\"?"),
    ("sample -threads=2", "did you mean \"--threads\"?"),
    ("list -threads 2", "no flag -threads: gen list --help lists them"),
    ("train gan -help-me", "did you mean \"--help\"?"), ("list -help", "\"--help\"?"),
    ("-help", "\"--help\"?"), ("-version", "\"--version\"?"), ("-xh", "no flag -xh: gen --help"),
    ("help -xh", "no flag -xh"), ("sample -hx", "no flag -hx"), ("sample -hh", "no flag -hh"),
    ("sample -xh -h", "no flag -xh"), ("list -h=3", "no flag -h=3"), ("list -1h", "no flag -1h"),
    ("verify resume -kills 2", "did you mean \"--kills\"?"), ("data check -jsonh", "\"--json\"?"),
    ("sample -oh", "did you mean \"-o h\"?"), ("sample -o-", "did you mean \"-o -\"?"),
    ("sample -ofile.png", "did you mean \"-o file.png\"?"),
    ("report -output a.html", "did you mean \"--output\"?"),
    ("sample -ouptut=a.png", "did you mean \"--output\"?"),
    ("train gan --name -xh", "a value that begins with a dash is written --name=-xh"),
    ("sample -o -xh", "a value that begins with a dash is written -o=-xh"),
    ("sample -5", "no flag -5"), ("train --name -h", "Missing value for '--name"),
  ])
  func aFlagThatThereIsNot(call: String, message: String) throws {
    let result = try gen.start(call.split(separator: " ").map(String.init)).wait()
    #expect(result.status == 64 && result.output.isEmpty, "\(result.output)")
    #expect(result.messages.contains(message), "\(result.messages)")
  }

  @Test(arguments: ["-h", "sample -h", "verify resume -h", "train gan --steps 3 -h"])
  func help(call: String) throws {
    let result = try gen.start(call.split(separator: " ").map(String.init)).wait()
    #expect(result.status == 0 && result.output.hasPrefix("OVERVIEW: "))
  }

  /// A value may be a number below zero, and a text anything.
  @Test(arguments: [
    ("sample --columns -5", "--columns is -5"), ("sample --temperature -0.5", "--temperature is"),
    ("sample --temperature -.5", "--temperature is -0.5"),
    ("train gan --budget -10m", "--budget is -10m"), ("sample --seed -1", "The value '-1'"),
    ("bench kernels --steps -3", "--steps is -3"), ("list --json -5", "'--json'"),
  ])
  func numbersBelowZero(call: String, message: String) throws {
    let result = try gen.start(call.split(separator: " ").map(String.init)).wait()
    #expect(result.status == 64 && result.messages.contains(message), "\(result.messages)")
  }

  /// What the argument parser gets; a bar stands between words.
  @Test(arguments: [
    ("explain|--prompt|-h|-o|-", "explain|--prompt=-h|-o|-"),
    ("sample|--prompt|--- 1 ---", "sample|--prompt=--- 1 ---"),
    ("sample|--prompt|--help", "sample|--prompt=--help"),
    ("sample|--prompt|--", "sample|--prompt=--"),
    ("sample|--stop|- |--stop|a", "sample|--stop=- |--stop|a"),
    ("train|--steps|-1", "train|--steps=-1"), ("sample|--prompt=-h|-o=-h", ""),
    ("train|--|-xh|-h", ""), ("sample|-|-o|-", ""), ("sample|--prompt", ""),
    ("---completion|sample|--|-xh", ""),
  ])
  func words(given: String, joined: String) throws {
    let words = given.split(separator: "|").map(String.init)
    let expected = joined.isEmpty ? words : joined.split(separator: "|").map(String.init)
    #expect(try Words.checked(words) == expected)
  }

  /// What takes a text is known by the name of its value.
  @Test func flagsThatTakeText() throws {
    let arguments = try CommandDescription.all().commands.flatMap { $0.command.arguments ?? [] }
    let texts = arguments.filter { $0.kind == .option && $0.valueName == "text" }
    let flags = texts.flatMap { $0.names ?? [] }.map { "--\($0.name)" }
    #expect(Set(flags) == Words.takingText)
  }

  /// The short flags that there are, which are known without a look at the description.
  @Test func shortFlags() throws {
    let arguments = try CommandDescription.all().commands.flatMap { $0.command.arguments ?? [] }
    let names = arguments.flatMap { $0.names ?? [] }.filter { $0.kind != .long }
    #expect(Set(names.map(\.name)) == ["h", "o"])
  }
}
