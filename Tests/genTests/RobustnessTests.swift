import Foundation
import TestSupport
import Testing

/// What becomes of a run where processes compete, the disk is full, or a recipe changes.
struct RobustnessTests {
  let gen = Program()
  private let small = Program.smallGAN + ["--steps", "4", "--set", "checkpoint.every=1"]

  @Test func ofAHundredNewRunsOfANameOneIsMade() throws {
    let start = small + ["--name", "one", "--steps", "1000000", "--threads", "1"]
    let (winner, losers) = try winner(of: (0..<100).map { _ in try gen.start(start) })
    let process = "process \(winner.process.processIdentifier):"
    for loser in losers {
      #expect(loser.status == 75, "\(loser.messages)")
      #expect(loser.messages.contains("runs/one: there is a run of that name already, in use by "))
      #expect(loser.messages.contains(process), "\(loser.messages)")
    }
    kill(winner.process.processIdentifier, SIGTERM)
    #expect(try winner.wait().status == 143)
    let late = try gen.start(start).wait()
    #expect(late.status == 73)
    #expect(late.messages.contains("already: gen train --resume one resumes it"))
    let all = try FileManager.default.contentsOfDirectory(atPath: gen.folder("runs"))
    #expect(all == ["one"])
  }

  /// The one of many processes that goes on, and how the others ended.
  private func winner(
    of runs: [Program.Running]
  ) throws -> (winner: Program.Running, losers: [Program.Result]) {
    var (runs, losers) = (runs, [Program.Result]())
    try wait(for: "the end of all but one") {
      let ended = runs.indices.filter { !runs[$0].process.isRunning }
      for index in ended.reversed() { losers.append(try runs.remove(at: index).wait()) }
      return runs.count <= 1
    }
    return (try #require(runs.first), losers)
  }

  @Test func ofAHundredStartsOneWins() throws {
    #expect(try gen.start(small + ["--name", "one"]).wait().status == 0)
    let resume = ["train", "--resume", "one", "--steps", "1000000", "--threads", "1"]
    let (winner, losers) = try winner(of: (0..<100).map { _ in try gen.start(resume) })
    for loser in losers {
      #expect(loser.status == 75 && loser.messages.contains("is in use by"), "\(loser.messages)")
    }
    let late = try gen.start(resume).wait()
    #expect(late.status == 75)
    #expect(late.messages.contains("process \(winner.process.processIdentifier):"))
    kill(winner.process.processIdentifier, SIGTERM)
    let result = try winner.wait()
    #expect(result.status == 143)
    #expect(result.messages.contains("of 1000000, "))
  }

  #if os(Linux)
    /// A limit of the files' size, as on a disk that is full: metrics and previews fit, checkpoints do not.
    @Test func aFullDiskDoesNotEndATraining() throws {
      let whole = try gen.start(small + ["--name", "whole"]).wait()
      #expect(whole.status == 0, "\(whole.messages)")
      let limited = try gen.startLimited(
        small + ["--name", "limited"], fileSize: 4096)
      let result = try limited.wait()
      #expect(result.status == 74, "\(result.messages)")
      #expect(result.messages.contains("step 4/4"))
      #expect(result.messages.components(separatedBy: "saving a checkpoint failed").count == 2)
      #expect(result.messages.contains("File too large"))
      // With room again it goes on to the same end.
      let resumed = try gen("train", "--resume", "limited")
      #expect(resumed.status == 0, "\(resumed.messages)")
      let model = "checkpoints/step-000004/model.safetensors"
      #expect(try gen.bytes("runs/limited/\(model)") == gen.bytes("runs/whole/\(model)"))
    }
  #endif

  @Test func whatChangesOnAResumeIsRefusedOrRecorded() throws {
    let first = small + ["--name", "a", "--set", "optimizer.learning_rate=0.0002"]
    #expect(try gen.start(first).wait().status == 0)
    let refused = try gen(
      "train", "--resume", "a", "--set", "model.channels=8", "--set", "optimizer.method=muon",
      "--set", "log.every=2")
    #expect(refused.status == 64)
    #expect(refused.messages.contains(/model\.channels +4 +8\n/))
    #expect(refused.messages.contains(/optimizer\.method +adam +muon\n/))
    #expect(!refused.messages.contains("log.every"))
    for (steps, rate) in [("5", "0.001"), ("6", "0.002")] {
      let taken = try gen(
        "train", "--resume", "a", "--steps", steps, "--set", "optimizer.learning_rate=\(rate)")
      #expect(taken.status == 0, "\(taken.messages)")
    }
    let recipe = String(decoding: try gen.bytes("runs/a/recipe.yaml"), as: UTF8.self)
    #expect(recipe.contains("\nsteps: 6 "))
    for line in [
      "# after step 4 optimizer.learning_rate was 0.0002, is 0.001",
      "# after step 4 steps was 4, is 5",
      "# after step 5 steps was 5, is 6",
    ] {
      #expect(recipe.contains("\(line)\n"), "\(recipe)")
    }
  }

  @Test func aRunFromAnothersWeightsBeginsWithThem() throws {
    #expect(try gen.start(small + ["--name", "a"]).wait().status == 0)
    let every = ["--from", "a", "--set", "checkpoint.every=100"]
    let whole = try gen.start(small + every + ["--name", "whole"]).wait()
    #expect(whole.status == 0)
    #expect(try gen.start(small + every + ["--name", "cut"]).wait().status == 0)
    // As if it had been killed before its first checkpoint.
    try FileManager.default.removeItem(
      atPath: gen.folder("runs/cut/checkpoints/step-000004"))
    #expect(try gen("train", "--resume", "cut").status == 0)
    let model = "checkpoints/step-000004/model.safetensors"
    #expect(try gen.bytes("runs/cut/\(model)") == gen.bytes("runs/whole/\(model)"))
  }

  @Test func aDamagedCheckpointIsNamed() throws {
    #expect(try gen.start(small + ["--name", "a"]).wait().status == 0)
    let path = "runs/a/checkpoints/step-000004/ema.safetensors"
    var bytes = try gen.bytes(path)
    bytes[bytes.count - 3] ^= 4
    try bytes.write(to: URL(fileURLWithPath: gen.folder(path)))
    for command in [["sample", "a", "-o", "a.png"], ["train", "--resume", "a"]] {
      let result = try gen.start(command).wait()
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.messages.contains("\(path): is damaged: its checksum is"))
    }
    // The resume has made it again.
    #expect(try gen.start(["sample", "a", "-o", "b.png"]).wait().messages.isEmpty)
  }

  @Test func resumesAreVerified() throws {
    var words = Program.smallGAN
    words.removeSubrange(..<4)
    let small = ["--steps", "12", "--kills", "2", "--data", "shapes"] + words
    let result = try gen.start(["verify", "resume", "gan", "--json"] + small).wait()
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.contains("\"kills\":2") && result.output.contains("\"same\":true"))
    #expect(try gen("verify", "resume", "gan", "--steps", "1").status == 64)
    #expect(try gen("verify", "resume", "gan", "--data", "/nowhere").status == 66)
  }
}
