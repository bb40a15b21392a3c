import Foundation
import Testing

/// What becomes of a training whose run somebody renames or removes, and of who reads it meanwhile.
struct HeldRunTests {
  let gen = Program()
  private let small =
    Program.smallGAN + [
      "--threads", "1", "--log-every", "1", "--set", "checkpoint.every=2", "--set",
      "sample.every=5",
    ]

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: gen.folder(path))
  }

  /// A training that has begun: it has written a checkpoint.
  private func begun(_ name: String, steps: Int) throws -> Program.Running {
    let training = try gen.start(small + ["--name", name, "--steps", "\(steps)"])
    try training.wait(for: "a checkpoint of \(name)") {
      exists("runs/\(name)/best") || exists("runs/\(name)/checkpoints/step-000002")
    }
    return training
  }

  private func move(_ path: String, to other: String) throws {
    try FileManager.default.moveItem(
      atPath: gen.folder(path), toPath: gen.folder(other))
  }

  /// All files in a folder and below it, with their bytes.
  private func content(_ path: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: gen.folder(path))
    var content: [String: Data] = [:]
    for name in names { content[name] = try? gen.bytes("\(path)/\(name)") }
    return content
  }

  @Test func aRenamedRunIsTrainedOnWhereItIs() throws {
    #expect(try gen.start(small + ["--name", "whole", "--steps", "120"]).wait().status == 0)
    let training = try begun("X", steps: 120)
    try move("runs/X", to: "runs/old")
    #expect(try gen.start(small + ["--name", "X", "--steps", "4"]).wait().status == 0)
    let other = try content("runs/X")
    let result = try training.wait()
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.contains("runs/X is now runs/old"), "\(result.messages)")
    #expect(result.messages.contains("done; to sample from it: gen sample old"))
    #expect(try content("runs/X") == other)
    for file in ["model", "ema", "optimizer"] {
      let path = "checkpoints/step-000120/\(file).safetensors"
      #expect(try gen.bytes("runs/old/\(path)") == gen.bytes("runs/whole/\(path)"))
    }
    let lines = try gen.bytes("runs/old/metrics.jsonl").split(separator: 10)
    #expect(lines.count == 120)
    #expect(try gen.bytes("runs/old/metrics.csv").split(separator: 10).count == 121)
    let image = try gen("inspect", "runs/old/samples/step-000120.png")
    #expect(
      image.output.contains("run: old") && image.output.contains("gen sample old --step 120"))
    #expect(try gen("train", "--resume", "old", "--steps", "121").status == 0)
  }

  /// The folder is missed before a step, or one of its files where that is written to first.
  private func isMissed(_ run: String, _ text: String, in messages: String) -> Bool {
    messages.contains(text)
      || messages.contains("\ngen: \(run)/metrics.jsonl: was removed or replaced while")
  }

  @Test func aLostRunEndsTheTrainingAtOnce() throws {
    var training = try begun("removed", steps: 1_000_000)
    try FileManager.default.removeItem(atPath: gen.folder("runs/removed"))
    var result = try training.wait()
    #expect(
      result.status == 74
        && isMissed("runs/removed", "runs/removed: the folder that ", in: result.messages))
    #expect(!exists("runs/removed"))
    // As mv to another file system does it.
    training = try begun("replaced", steps: 1_000_000)
    try FileManager.default.copyItem(
      atPath: gen.folder("runs/replaced"), toPath: gen.folder("copy"))
    try FileManager.default.removeItem(atPath: gen.folder("runs/replaced"))
    try move("copy", to: "runs/replaced")
    let copy = try content("runs/replaced")
    result = try training.wait()
    #expect(
      result.status == 74 && isMissed("runs/replaced", "is gone", in: result.messages),
      "\(result.messages)")
    #expect(try content("runs/replaced") == copy)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: gen.folder("runs")) == ["replaced"])
  }

  @Test func aRunIsReadWhileItsTrainingRemovesCheckpoints() throws {
    let training = try gen.start(
      Program.smallGAN + [
        "--name", "X", "--steps", "1000000", "--threads", "1", "--log-every", "1000",
        "--set", "checkpoint.every=1", "--set", "sample.every=1000000",
      ])
    try training.wait(for: "step 3") { exists("runs/X/checkpoints/step-000003") }
    for _ in 0..<20 {
      let result = try gen("sample", "X", "--count", "1", "-o", "x.png")
      #expect(result.status == 0, "\(result.messages)")
    }
    for words in [["report", "X", "-o", "x.html"], ["inspect", "X"], ["list"]] {
      let result = try gen.start(words).wait()
      #expect(result.status == 0, "\(words): \(result.messages)")
    }
    kill(training.process.processIdentifier, SIGTERM)
    #expect(try training.wait().status == 143)
  }
}
