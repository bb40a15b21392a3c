import Foundation
import Testing

/// A run's bytes depend on the recipe and the seed alone.
struct ExactnessTests {
  let gen = Program()

  /// The files of a checkpoint, but for its manifest.
  private func checkpoint(_ run: String, _ step: String) throws -> [String: Data] {
    let folder = "runs/\(run)/checkpoints/step-\(step)"
    let names = try FileManager.default.contentsOfDirectory(atPath: gen.folder(folder))
    #expect(names.contains("optimizer.safetensors"))
    return try Dictionary(
      uniqueKeysWithValues: names.filter { $0 != "state.json" }.map {
        ($0, try gen.bytes("\(folder)/\($0)"))
      })
  }

  @Test(arguments: Program.smallTrainings + Program.roundedTrainings)
  func aKilledRunGoesOnToTheSameBytes(training: [String]) throws {
    let every = ["--set", "checkpoint.every=20", "--set", "log.every=1"]
    let whole = training + every + ["--steps", "40", "--name", "whole"]
    #expect(try gen.start(whole).wait().status == 0)

    let cut = training + every + ["--steps", "40", "--name", "cut"]
    let running = try gen.start(cut)
    let half = gen.folder("runs/cut/checkpoints/step-000020/state.json")
    try running.wait(for: half) { FileManager.default.fileExists(atPath: half) }
    kill(running.process.processIdentifier, SIGKILL)
    #expect(try running.wait().status == 137)
    let resumed = try gen("train", "--resume", "cut")
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(try checkpoint("cut", "000040") == checkpoint("whole", "000040"))
    #expect(try gen.bytes("runs/cut/metrics.jsonl") == gen.bytes("runs/whole/metrics.jsonl"))
  }

  /// All files of a run with their bytes and when they were last changed.
  private func content(of run: String) throws -> [String: [Data]] {
    let folder = gen.folder("runs/\(run)")
    var content: [String: [Data]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
      guard attributes[.type] as? FileAttributeType != .typeDirectory else { continue }
      let date = "\(attributes[.modificationDate] ?? "")"
      content[path] = [Data(date.utf8), (try? gen.bytes("runs/\(run)/\(path)")) ?? Data()]
    }
    return content
  }

  /// A training whose evaluations soon get worse.
  private static let impatient =
    Program.smallTransformer + [
      "--set", "evaluate.every=4", "--set", "checkpoint.every=4", "--set", "log.every=1",
      "--set", "optimizer.learning_rate=1", "--patience", "2", "--steps", "400",
    ]

  @Test func aRunThatPatienceEndedStaysAsItIs() throws {
    let whole = try gen.start(Self.impatient + ["--name", "whole"]).wait()
    #expect(whole.status == 0 && whole.messages.contains("\nended early"), "\(whole.messages)")
    let before = try content(of: "whole")
    for arguments in [[], ["--patience", "2"], ["--dry-run"], ["--patience", "9", "--dry-run"]] {
      let again = try gen.start(["train", "--resume", "whole"] + arguments).wait()
      #expect(again.status == 0, "\(again.messages)")
      #expect(
        arguments.contains("9")
          ? again.output.contains("# from now on evaluate.patience was 2, is 9\n# steps: ")
          : again.messages.contains("ended early after step"))
      #expect(try content(of: "whole") == before, "\(arguments)")
    }
    let refused = try gen("train", "--resume", "whole", "--log-every", "5")
    #expect(refused.status == 64 && refused.messages.contains("log.every, which was 1"))
    #expect(try content(of: "whole") == before)

    // Killed as soon as the last checkpoint is there, it ends with the same bytes.
    let last = try #require(
      FileManager.default.contentsOfDirectory(
        atPath: gen.folder("runs/whole/checkpoints")
      ).max())
    let running = try gen.start(Self.impatient + ["--name", "killed"])
    let place = gen.folder("runs/killed/checkpoints/\(last)")
    try running.wait(for: place, every: 100) { FileManager.default.fileExists(atPath: place) }
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.wait()
    let resumed = try gen("train", "--resume", "killed", "--threads", "1")
    #expect(resumed.status == 0 && resumed.messages.contains("ended early"), "\(resumed.messages)")
    let (a, b) = (try content(of: "whole"), try content(of: "killed"))
    for (path, bytes) in a where path.hasPrefix("checkpoints/") || path.hasPrefix("metrics") {
      #expect(b[path]?.last == bytes.last, "\(path)")
    }
    #expect(try gen.bytes("runs/killed/best/state.json") == gen.bytes("runs/whole/best/state.json"))

    let further = try gen("train", "--resume", "whole", "--patience", "9")
    #expect(further.status == 0 && further.messages.contains("from now on evaluate.patience"))
  }

  @Test func aFinishedRunStaysAsItIs() throws {
    let small = Program.smallGAN + ["--steps", "3", "--name", "done"]
    #expect(try gen.start(small).wait().status == 0)
    let before = try content(of: "done")
    let again = try gen("train", "--resume", "done")
    #expect(
      again.status == 0
        && again.messages.contains("has done its 3 steps: gen train --resume done resumes it with"))
    #expect(try gen("train", "--resume", "done", "--set", "sample.every=7").status == 64)
    #expect(try gen("train", "--resume", "done", "--dry-run").status == 0)
    let plan = try gen("train", "--resume", "done", "--steps", "5", "--dry-run")
    #expect(plan.status == 0, "\(plan.messages)")
    for line in ["steps: 5", "# from now on steps was 3, is 5", "# steps: 3 of 5 done, 2 left"] {
      #expect(plan.output.contains(line), "\(plan.output)")
    }
    #expect(try content(of: "done") == before)
  }

  @Test(arguments: Program.smallTrainings + Program.roundedTrainings)
  func threadsAndInstructionSetsGiveTheSameBytes(training: [String]) throws {
    let twenty = training + ["--steps", "20"]
    for threads in ["1", "2", "3"] {
      let arguments = twenty + ["--threads", threads, "--name", "threads-\(threads)"]
      #expect(try gen.start(arguments).wait().status == 0)
    }
    #if arch(x86_64)
      let narrow = try gen.start(twenty + ["--name", "avx2"], environment: ["GEN_ISA": "avx2"])
      #expect(try narrow.wait().status == 0)
      #expect(try checkpoint("avx2", "000020") == checkpoint("threads-1", "000020"))
    #endif
    #expect(try checkpoint("threads-2", "000020") == checkpoint("threads-1", "000020"))
    #expect(try checkpoint("threads-3", "000020") == checkpoint("threads-1", "000020"))
  }

  @Test(arguments: Program.roundedTrainings)
  func thePrecisionIsOfTheRun(training: [String]) throws {
    #expect(try gen.start(training + ["--steps", "2", "--name", "rounded"]).wait().status == 0)
    let plain = Array(training.dropLast(2)) + ["--steps", "2", "--name", "plain"]
    #expect(try gen.start(plain).wait().status == 0)
    #expect(try checkpoint("rounded", "000002") != checkpoint("plain", "000002"))
    let recipe = String(decoding: try gen.bytes("runs/rounded/recipe.yaml"), as: UTF8.self)
    #expect(recipe.contains("\nprecision: bfloat16-amx"))
    let resume = ["train", "--resume", "plain", "--steps", "3"]
    let changed = try gen.start(resume + ["--precision", "bfloat16-amx"]).wait()
    #expect(
      changed.status == 0
        && changed.messages.contains("from now on precision was float32, is bfloat16-amx"),
      "\(changed.messages)")
  }

  @Test func aImageDoesNotDependOnTheOthers() throws {
    #expect(try gen.start(Program.smallGAN + ["--steps", "1", "--name", "a"]).wait().status == 0)
    #expect(try gen("sample", "a", "--count", "70", "--each", "many").status == 0)
    #expect(try gen("sample", "a", "--count", "1", "--each", "one").status == 0)
    let pixels = try ["many/00.png", "one/0.png"].map { name in
      try gen.bytes(name)
    }
    // The command that each records differs, the image does not.
    #expect(imageData(pixels[0]) == imageData(pixels[1]))
  }

  @Test func aPreviewCanBeMadeAgain() throws {
    let small = Program.smallGAN + ["--steps", "4", "--set", "checkpoint.every=2", "--name", "c"]
    #expect(try gen.start(small + ["--set", "sample.every=2", "--seed", "5"]).wait().status == 0)
    let preview = "runs/c/samples/step-000002.png"
    let command = try #require(
      gen("inspect", preview).output.firstMatch(of: /command: gen (.*)/)?.1.split(separator: " "))
    #expect(try gen.start(command.map(String.init) + ["-o", "again.png"]).wait().status == 0)
    #expect(try imageData(gen.bytes("again.png")) == imageData(gen.bytes(preview)))
    #expect(try gen("sample", "c", "--step", "3").status == 66)
  }

  /// What follows the text chunks of a PNG: from its first IDAT on.
  private func imageData(_ png: Data) -> Data? {
    png.range(of: Data("IDAT".utf8)).map { png[$0.lowerBound...] }
  }

  @Test(arguments: Program.smallTrainings)
  func aSignalLeavesACheckpoint(training: [String]) throws {
    let long = training + ["--steps", "100000", "--name", "long"]
    let running = try gen.start(long)
    try running.wait(for: "a first step") {
      !((try? gen.bytes("runs/long/metrics.jsonl")) ?? Data()).isEmpty
    }
    let second = try gen("train", "--resume", "long")
    #expect(second.status == 75)
    #expect(second.messages.contains("\(running.process.processIdentifier)"))
    kill(running.process.processIdentifier, SIGINT)
    #expect(try running.wait().status == 130)
    let checkpoints = gen.folder("runs/long/checkpoints")
    #expect(try !FileManager.default.contentsOfDirectory(atPath: checkpoints).isEmpty)
  }

  @Test func dataCannotChangeOnResume() throws {
    #expect(try gen.start(Program.smallGAN + ["--steps", "1", "--name", "e"]).wait().status == 0)
    #expect(try gen("sample", "e", "--count", "12", "--each", "photos").status == 0)
    var train = Program.smallGAN + ["--steps", "1", "--name", "f"]
    train[3] = "photos"
    #expect(try gen.start(train).wait().status == 0)
    try gen.bytes("photos/00.png").write(to: URL(fileURLWithPath: gen.folder("photos/01.png")))
    let changed = try gen("train", "--resume", "f", "--steps", "2")
    #expect(
      changed.status == 65 && changed.messages.contains("is not what f has learned from"),
      "\(changed.messages)")
  }

  @Test func aShapeCannotChangeOnResume() throws {
    #expect(try gen.start(Program.smallGAN + ["--steps", "1", "--name", "b"]).wait().status == 0)
    let changed = try gen("train", "--resume", "b", "--set", "model.channels=8")
    #expect(changed.status == 64 && changed.messages.contains("model.channels"))
    let longer = try gen("train", "--resume", "b", "--steps", "2")
    #expect(longer.status == 0)
    let shorter = try gen("train", "--resume", "b", "--steps", "1")
    #expect(shorter.status == 65 && shorter.messages.contains("has done 2 already"))
  }
}
