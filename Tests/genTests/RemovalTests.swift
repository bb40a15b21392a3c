import Foundation
import Testing

/// What removes runs and checkpoints: only what it is to, and only when it is told so.
struct RemovalTests {
  let gen = Program()
  private let small =
    Program.smallGAN + ["--threads", "1", "--set", "checkpoint.every=1", "--keep", "99"]

  private func train(_ name: String, steps: Int = 2, _ more: [String] = []) throws {
    let result = try gen.start(small + ["--name", name, "--steps", "\(steps)"] + more).wait()
    #expect(result.status == 0, "\(result.messages)")
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: gen.folder(folder)).sorted()
  }

  /// A training that goes on until it is stopped.
  private func running(_ name: String) throws -> Program.Running {
    let training = try gen.start(small + ["--name", name, "--steps", "1000000"])
    try training.wait(for: "a checkpoint of \(name)") {
      FileManager.default.fileExists(atPath: gen.folder("runs/\(name)/checkpoints/step-000002"))
    }
    return training
  }

  /// Runs it on a terminal, where somebody types an answer.
  private func onTerminal(_ words: String, typing answer: String) throws -> Program.Result {
    try gen.write("printf '\(answer)' | script -qec \"$1 \(words)\" /dev/null", to: "type.bash")
    return try gen.startAsWords(of: "type.bash", []).wait()
  }

  // MARK: - Runs

  @Test func aRunIsRemoved() throws {
    for name in ["a", "b", "c"] { try train(name) }
    try gen.write("mine", to: "runs/a/samples/deep/notes.txt")
    let result = try gen("rm", "a", "runs/c/", "runs/a", "--yes")
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    #expect(result.output.hasPrefix("removed runs/a: ") && result.output.contains("runs/c: "))
    #expect(try names("runs") == ["b"])
    #expect(try gen("sample", "b", "-o", "b.png").status == 0)
  }

  @Test func nothingGoesWithoutAnAnswer() throws {
    try train("a")
    try train("b", steps: 3)
    for words in [["rm", "a"], ["prune"], ["prune", "b"]] {
      let result = try gen.start(words).wait()
      #expect(result.status == 64 && result.output.isEmpty)
      #expect(result.messages.contains("--yes") && result.messages.contains("runs/"))
    }
    for answer in ["", "\\n", "n\\n", "no\\n", "maybe\\n"] {
      let result = try onTerminal("rm a", typing: answer)
      #expect(result.status == 0 && result.output.contains("nothing was removed"))
    }
    #expect(try onTerminal("prune", typing: "n\\n").output.contains("nothing was removed"))
    #expect(try names("runs") == ["a", "b"] && names("runs/b/checkpoints").count == 3)
  }

  @Test func aTerminalIsAsked() throws {
    try train("a")
    try train("b", steps: 3)
    let pruned = try onTerminal("prune", typing: "yes\\n")
    #expect(
      pruned.status == 0 && pruned.output.contains(/remove 3 checkpoints, .* in all\? \[y\/N\]/))
    #expect(try names("runs/b/checkpoints") == ["step-000003"])
    let removed = try onTerminal("rm a", typing: "y\\n")
    #expect(removed.status == 0)
    #expect(removed.output.contains(/runs\/a: gan, 2 steps, [\d.]+ KiB/), "\(removed.output)")
    #expect(try names("runs") == ["b"])
  }

  /// Where one cannot go, none does.
  @Test func whatIsNoRunStays() throws {
    try train("a")
    try gen.write("kind: gan\n", to: "project/recipe.yaml")
    try gen.write("a book", to: "book.txt")
    try FileManager.default.createSymbolicLink(
      atPath: gen.folder("runs/link"), withDestinationPath: "a")
    let models = URL(fileURLWithPath: Program.license).deletingLastPathComponent()
      .appendingPathComponent("samples/pretrained")
    try FileManager.default.createDirectory(
      atPath: gen.folder("home"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: models.appendingPathComponent("gan-emoji"),
      to: URL(fileURLWithPath: gen.folder("home/gan-emoji")))
    let before = try FileManager.default.subpathsOfDirectory(atPath: gen.folder("home"))
    let home = ["GEN_HOME": "home"]
    // Named alone where it leads to the run that stands beside others, and would be that once more.
    for (words, status, reason) in [
      ("a b", 66, "runs/b: there is no such run"), ("a runs", 66, "has no recipe.yaml"),
      ("a project", 65, "has no folder named checkpoints"), ("a book.txt", 66, "no such run"),
      ("a gan-emoji", 65, "pretrained model"), ("a home/gan-emoji", 65, "pretrained model"),
      ("link", 65, "name the folder itself"), ("runs/a/.", 65, "name the folder itself"),
      ("runs/a/checkpoints/..", 65, "name the folder itself"),
      ("a runs/a/checkpoints", 66, "has no recipe.yaml"),
    ] as [(String, Int32, String)] {
      let call = ["rm", "--yes"] + words.split(separator: " ").map(String.init)
      let result = try gen.start(call, environment: home).wait()
      #expect(result.status == status && result.output.isEmpty, "\(words): \(result.messages)")
      #expect(result.messages.contains(reason), "\(words): \(result.messages)")
    }
    let pruned = try gen("prune", "gan-emoji", "--yes", environment: home)
    #expect(pruned.status == 65 && pruned.messages.contains("pretrained model"))
    #expect(try names("runs") == ["a", "link"])
    #expect(try FileManager.default.subpathsOfDirectory(atPath: gen.folder("home")) == before)
    #expect(try names("project") == ["recipe.yaml"])
  }

  @Test func whatTrainsStays() throws {
    try train("a", steps: 3)
    let training = try running("busy")
    let number = training.process.processIdentifier
    let removed = try gen("rm", "a", "busy", "--yes")
    #expect(removed.status == 75 && removed.output.isEmpty)
    #expect(removed.messages.contains("runs/busy: is in use by process \(number)"))
    let pruned = try gen("prune", "--yes")
    #expect(pruned.status == 0 && pruned.output.hasPrefix("runs/a: removed 2 checkpoints"))
    #expect(pruned.messages.contains("passing over runs/busy: it is in use by process \(number)"))
    kill(number, SIGTERM)
    #expect(try training.wait().status == 143)
    #expect(try gen("rm", "busy", "--yes").status == 0)
    #expect(try names("runs") == ["a"])
  }

  @Test func aNameThatIsNoTextIsNotHalfRemoved() throws {
    try train("a")
    try gen.write("touch runs/a/samples/$'caf\\xe9'", to: "touch.bash")
    #expect(try gen.startAsWords(of: "touch.bash", []).wait().status == 0)
    let result = try gen("rm", "a", "--yes")
    #expect(result.status == 74 && result.messages.contains(#"runs/a/samples/caf\xE9"#))
    #expect(try gen("sample", "a", "-o", "a.png").status == 0)
  }

  // MARK: - Checkpoints

  @Test func whatCommandsNeedIsKept() throws {
    func train(_ words: [String], _ name: String, steps: Int, _ settings: String...) throws {
      let all = (["checkpoint.every=1"] + settings).flatMap { ["--set", $0] }
      let call = words + all + ["--name", name, "--steps", "\(steps)", "--keep", "99"]
      let result = try gen.start(call).wait()
      #expect(result.status == 0, "\(result.messages)")
    }
    try gen.write(String(repeating: "The quick brown fox jumps. ", count: 40), to: "book.txt")
    try train(
      Program.smallDiffusion, "d", steps: 5, "evaluate.every=null", "sample.guide_step=2")
    try train(
      Program.smallText("rnn"), "t", steps: 6, "evaluate.every=1", "optimizer.learning_rate=0.5")
    let best = gen.folder("runs/t/best")
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: best)
    let kept = Set([String(link.split(separator: "/")[1]), "step-000006"])
    var result = try gen("prune", "--yes")
    #expect(result.status == 0, "\(result.messages)")
    #expect(try names("runs/d/checkpoints") == ["step-000002", "step-000005"])
    #expect(try Set(names("runs/t/checkpoints")) == kept)
    for words in [
      ["sample", "d", "--steps", "2", "--count", "1", "-o", "d.png"], ["eval", "t"],
      ["train", "--resume", "t", "--steps", "7"],
    ] {
      let result = try gen.start(words).wait()
      #expect(result.status == 0, "\(words): \(result.messages)")
    }
    result = try gen("prune", "d")
    #expect(result.status == 0 && result.messages.contains("no checkpoint to spare"))
  }

  /// Which checkpoint is to be spared is not known of a run whose recipe cannot be read.
  @Test func aRunThatCannotBeReadIsPassedOver() throws {
    try train("a", steps: 3)
    try train("b", steps: 3)
    try gen.write("kind: gan\nbathc: 2\n", to: "runs/b/recipe.yaml")
    let result = try gen("prune", "--yes")
    #expect(result.status == 0 && result.messages.contains("passing over runs/b: "))
    #expect(try names("runs/a/checkpoints").count == 1)
    #expect(try gen("prune", "b", "--yes").status == 65)
    #expect(try names("runs/b/checkpoints").count == 3)
  }
}
