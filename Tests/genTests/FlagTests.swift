import Files
import Foundation
import Testing

@testable import gen

/// Every flag is honored or refused, and no number is too large for it.
struct FlagTests {
  /// Where the runs and files are that the calls are about.
  private struct Place {
    let gen = Program()

    init() throws {
      try gen.write(String(repeating: "The quick brown fox jumps. ", count: 40), to: "book.txt")
      let often = ["--steps", "2", "--set", "checkpoint.every=1"]
      let learned = ["--set", "model.positions=learned", "--set", "model.norm=layer"]
      let plain = ["--set", "model.activation=gelu", "--set", "model.qk_norm=false"]
      let none = ["--set", "evaluate.every=null"]
      try run(Program.smallGAN + often + ["--name", "first"])
      try run(["sample", "first", "--count", "250", "--each", "drawn"])
      for (name, training) in [
        ("gan", Program.smallGAN + ["--data", "drawn"]),
        ("judge", Program.smallClassifier + none),
        ("diffusion", Program.smallDiffusion + none + ["--set", "optimizer.learning_rate=0.1"]),
        ("text", Program.smallTransformer + none + ["--set", "optimizer.learning_rate=0.1"]),
        ("gpt2", Program.smallTransformer + none + learned + plain),
      ] {
        try run(training + often + ["--name", name])
      }
      try run(["sample", "diffusion", "--count", "1", "--steps", "1", "-o", "a.png"])
      try run(["export", "gpt2", "--to", "transformers", "-o", "imported"])
    }

    private func run(_ arguments: [String]) throws {
      let result = try gen.start(arguments).wait()
      #expect(result.status == 0, "\(arguments): \(result.messages)")
    }

    /// A folder that sees all that is here, but for the runs if it is alone.
    func view(isAlone: Bool = false) throws -> Program {
      let view = Program()
      for name in try FileManager.default.contentsOfDirectory(atPath: gen.folder.path)
      where !name.hasPrefix(".") && !(isAlone && name == "runs") {
        try FileManager.default.createSymbolicLink(
          atPath: view.folder(name), withDestinationPath: gen.folder(name))
      }
      return view
    }
  }

  /// Without the models that stand in the program's own folder.
  private static let environment = ["GEN_HOME": "nowhere"]

  /// How a call ended, what it printed, and the files that it left, without what a clock or the
  /// command's own words make of them.
  private struct Outcome: Equatable {
    let status: Int32
    let output: String
    let files: [String: Data]
  }

  private func call(
    _ arguments: [String], in place: Place, isAlone: Bool = false
  ) throws -> (outcome: Outcome, messages: String) {
    let view = try place.view(isAlone: isAlone)
    let result = try view.start(arguments, environment: Self.environment).wait()
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: view.folder.path) {
      let file = URL(fileURLWithPath: view.folder(path))
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      let isOthers = path.split(separator: "/").contains { name in
        name.hasPrefix(".")
          || ["tensorboard", "environment.json", "command.txt", "timings.jsonl"].contains(name)
      }
      guard attributes[.type] as? FileAttributeType == .typeRegular, !isOthers else { continue }
      files[path] = withoutTexts(try Data(contentsOf: file))
    }
    let output = result.output.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("# time") && !$0.hasPrefix("# memory") }.joined(separator: "\n")
    return (Outcome(status: result.status, output: output, files: files), result.messages)
  }

  /// A PNG without the texts that say by which command it was made; anything else as it is.
  private func withoutTexts(_ file: Data) -> Data {
    guard file.starts(with: [0x89, 0x50, 0x4e, 0x47]) else { return file }
    var (rest, kept) = (file.dropFirst(8), Data())
    while rest.count >= 12 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let chunk = rest.prefix(12 + length)
      if !["tEXt", "iTXt"].contains(String(decoding: chunk.dropFirst(4).prefix(4), as: UTF8.self)) {
        kept += chunk
      }
      rest = rest.dropFirst(12 + length)
    }
    return kept
  }

  /// A command that gets a flag must say here what becomes of it.
  @Test func theTableHasEveryFlagOfEveryVerb() throws {
    for (words, command) in try CommandDescription.all().commands {
      let names = (command.arguments ?? []).filter { $0.kind != .positional }
        .flatMap { ($0.names ?? []).filter { $0.kind == .long }.map(\.name) }
        .filter { !["help", "version"].contains($0) }
      let uses = FlagTable.uses.filter { $0.command == words }
      #expect(names.isEmpty || !uses.isEmpty, "\(words)")
      for use in uses {
        #expect(Set(use.rows.map(\.name)) == Set(names), "\(use)")
      }
    }
  }

  @Test func everyFlagIsHonoredOrRefused() throws {
    let place = try Place()
    for use in FlagTable.uses {
      var without: [[String]: Outcome] = [:]
      for row in use.rows { try check(row, of: use, in: place, &without) }
    }
  }

  private func check(
    _ row: FlagRow, of use: FlagUse, in place: Place, _ without: inout [[String]: Outcome]
  ) throws {
    if case .seen = row.fate { return }
    let base = use.call + row.beside
    let (outcome, messages) = try call(base + row.arguments, in: place, isAlone: use.isAlone)
    func plain() throws -> Outcome {
      if let known = without[base] { return known }
      let outcome = try call(base, in: place, isAlone: use.isAlone).outcome
      without[base] = outcome
      return outcome
    }
    let isRight =
      switch row.fate {
      case .changes: try outcome.status == 0 && outcome != plain()
      case .same: try outcome.status == 0 && outcome == plain()
      case .says(let words): outcome.status == 0 && (outcome.output + messages).contains(words)
      case .fails(let status, let words): outcome.status == status && messages.contains(words)
      case .refused(let words):
        outcome.status == 64 && messages.contains(words ?? "--\(row.name)")
          && outcome.files.isEmpty && outcome.output.isEmpty
      case .seen: true
      }
    #expect(
      isRight,
      "\(use.description): \(row.beside + row.arguments) \(row.fate): \(outcome.status) \(messages)"
    )
  }

  /// Of an option that is given twice the last counts, as where an alias has one already.
  @Test func theLastOfTwoCounts() throws {
    let gen = Program()
    let twice = ["--set", "batch=2", "--set", "batch=7", "--seed", "1", "--seed", "3"]
    let plan = try gen.start(Program.smallGAN + ["--dry-run"] + twice).wait()
    #expect(plan.output.contains("\nbatch: 7") && plan.output.contains("\nseed: 3"))
  }

  /// A number that the processor takes for zero is zero everywhere: this one began with a row for no
  /// class, and was then above zero no more.
  @Test func whatIsTooSmallIsZero() throws {
    let gen = Program()
    let small = Program.smallDiffusion + ["--steps", "1", "--set", "class_dropout=1e-308"]
    let refused = try gen.start(small + ["--set", "sample.guidance=1.5"]).wait()
    #expect(refused.status == 64 || refused.status == 65, "\(refused.messages)")
    let plan = try gen.start(small).wait()
    #expect(plan.status == 0, "\(plan.messages)")
    let recipe = try gen.bytes("runs/diffusion-001/recipe.yaml")
    #expect(String(decoding: recipe, as: UTF8.self).contains("\nclass_dropout: 0.0"))
  }

  private static let extremes = [
    "0", "-1", "9223372036854775807", "9223372036854775808", "18446744073709551615",
    "99999999999999999999", "nan", "inf", "1e308", "",
  ]

  /// A number that is no sensible one is an error or has a meaning, but never ends in a trap, a defect or
  /// a process without end. Each option takes some of the numbers, in turn; with GEN_FLAGS=all all of them,
  /// which is thousands of runs of the program.
  @Test func noNumberIsTooLarge() throws {
    let place = try Place()
    for use in FlagTable.uses where !Self.long.contains(use.command) {
      let view = try place.view(isAlone: use.isAlone)
      for (number, (option, values)) in try extremes(of: use).enumerated() {
        for value in some(of: values, number) {
          // What would be trained is only planned.
          let planned = use.command == "gen train" ? ["--dry-run"] : []
          try check(use.call + planned + ["--\(option)=\(value)"], in: view)
        }
      }
    }
    // What takes long is told in which range a number must be.
    let view = try place.view()
    for (call, options) in [
      ("gallery", ["keep", "count", "steps", "length"]), ("bench kernels", ["steps", "threads"]),
      ("verify resume gan", ["steps", "kills", "threads"]),
    ] {
      for option in options {
        for value in Self.extremes {
          let arguments = call.split(separator: " ").map(String.init)
          let messages = try check(arguments + ["--\(option)=\(value)"], in: view, statuses: [64])
          #expect(messages.contains("--\(option)"))
        }
      }
    }
  }

  /// Every fourth of the values, beginning at another one for the next option; or all.
  private func some(of values: [String], _ number: Int) -> [String] {
    let isWhole = ProcessInfo.processInfo.environment["GEN_FLAGS"] == "all"
    let stride = isWhole || values.count == 1 ? 1 : 4
    return values.indices.filter { $0 % stride == number % stride }.map { values[$0] }
  }

  /// The commands that take long with numbers that are sensible.
  private static let long = ["gen gallery", "gen bench", "gen verify resume"]

  /// The options that a use has a use for, and what to give them.
  private func extremes(of use: FlagUse) throws -> [(option: String, values: [String])] {
    let command = try CommandDescription.all().commands.first { $0.words == use.command }?.command
    return (command?.arguments ?? []).compactMap { argument in
      guard argument.kind == .option,
        let name = argument.names?.first(where: { $0.kind == .long })?.name,
        use.rows.contains(where: { $0.name == name && !$0.isRefused })
      else { return nil }
      return (name, ["n", "x", "p", "time"].contains(argument.valueName) ? Self.extremes : [""])
    }
  }

  /// Makes sure that a call ends, in one of some ways, and returns what it says.
  @discardableResult
  private func check(
    _ arguments: [String], in view: Program, statuses: Set<Int32> = [0, 64, 65, 66, 71, 73]
  ) throws -> String {
    let result = try view.start(arguments, environment: Self.environment).wait()
    // A learning rate of any size is one that may be asked for.
    let hasDiverged = result.status == 1 && result.messages.contains("gen: the training diverged")
    #expect(
      statuses.contains(result.status) || hasDiverged,
      "\(arguments): \(result.status) \(result.messages)")
    // A run that was found by itself may be named before.
    let isTold = result.messages.split(separator: "\n").contains { $0.hasPrefix("gen: ") }
    #expect(isTold || result.status != 64, "\(arguments): \(result.messages)")
    return result.messages
  }
}
