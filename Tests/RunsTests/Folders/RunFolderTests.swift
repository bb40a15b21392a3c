import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Files
@testable import Runs

struct RunFolderTests {
  let folder: TemporaryFolder
  let root: String

  init() throws {
    folder = TemporaryFolder(inMemory: true)
    root = folder("deep/runs")
  }

  private func makeRun(_ recipe: String, name: String? = nil) throws -> RunFolder {
    let run = try RunFolder.create(in: root, recipe: recipe, name: name)
    try run.writeRecipe("kind: \(recipe)\n")
    return run
  }

  @Test func names() throws {
    #expect(try makeRun("gan").name == "gan-001")
    #expect(try makeRun("gan").name == "gan-002")
    #expect(try makeRun("rnn").name == "rnn-001")
    #expect(try makeRun("gan", name: "gan-041").name == "gan-041")
    #expect(try makeRun("gan").name == "gan-042")
    #expect(try makeRun("gan", name: "mine").name == "mine")
    for name in ["mine", "", ".x", "a/b"] {
      let error = #expect(throws: FileError.self) { try makeRun("gan", name: name) }
      #expect(error?.kind == .cannotCreate)
    }
    for path in ["\(root)/none", root, "\(root)/mine/recipe.yaml"] {
      let error = #expect(throws: FileError.self) { try RunFolder(path: path) }
      #expect(error?.kind == .missing)
    }
    #expect(try RunFolder(path: "\(root)/mine/").name == "mine")
  }

  @Test func theFilesOfARun() throws {
    let run = try makeRun("gan")
    try run.writeCommand(["gen", "train", "gan", "--name", "it's a run", ""])
    #expect(
      try String(contentsOfFile: run.commandPath, encoding: .utf8)
        == "gen train gan --name 'it'\\''s a run' ''\n")
    let environment = RunEnvironment(version: "0.1.0", dataHash: "e3069283")
    #expect(!environment.processor.isEmpty && environment.threads > 0)
    try run.writeEnvironment(environment)
    #expect(try run.environment() == environment)
    var other = environment
    other.dataHash = nil
    other.threads += 1
    #expect(other.changes(since: environment) == ["data was e3069283, is unknown"])
    #expect(run.samplePath(step: 500, suffix: "png").hasSuffix("gan-001/samples/step-000500.png"))
  }

  @Test func theBestCheckpointStays() throws {
    let run = try makeRun("gan")
    #expect(run.bestStep == nil)
    for step in 1...5 {
      let checkpoint = try run.checkpoints.writeExample(
        step, metric: Metric("fid", 60 - Double(step)))
      if step <= 2 { try run.setBest(step: step) }
      try run.prune(after: checkpoint)
    }
    #expect(run.checkpoints.steps == [2, 4, 5])
    #expect(run.bestStep == 2)
    let summary = try #require(RunSummary.all(in: root).first)
    #expect(summary.metric == Metric("fid", 58))
    #expect(summary.step == 5)
    #expect(summary.kind == "gan")
    #expect(summary.size > 3 * 1200)
  }

  /// Of each: the measurements of four steps with their noise, and the checkpoint that is used.
  @Test(
    arguments: [
      ([(3, 0.1), (2, 0.1), (2.5, 0.1), nil], 2), ([(3, 0.1), (2, 0.1), (2.05, 0.1), nil], 4),
      ([(3, 0.1), (2, 0.1), (2.2, 0.3), (2.1, 0.3)], 4), ([(3, 0.1), (2, 0.1), nil, (1, 0.1)], 4),
      // Where nobody knows the noise, it does not say how good the model is.
      ([(3, nil), (2, nil), (2.5, nil), (9, nil)], 4), ([nil, nil, nil, nil], 4),
    ] as [([(Double, Double?)?], Int)])
  func theBestIsUsedWhereTheLastIsWorse(measured: [(Double, Double?)?], used: Int) throws {
    let run = try makeRun("transformer")
    for (index, metric) in measured.enumerated() {
      let checkpoint = try run.checkpoints.writeExample(
        index + 1, metric: metric.map { Metric("validation_loss", $0.0, noise: $0.1) })
      try run.updateBest(upTo: checkpoint)
    }
    #expect(try run.verifiedCheckpoint().step == used)
    #expect(try run.verifiedCheckpoint(step: 4).step == 4)
    #expect(try run.newestVerified().step == 4)
    #expect((run.overfit() == nil) == (used == 4))
    // A damaged one is passed over.
    let file = "\(run.path)/checkpoints/step-\(String(repeating: "0", count: 5))\(used)/notes.txt"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    #expect(try run.verifiedCheckpoint().step == (used == 4 ? 3 : 4))
  }

  @Test func theBestIsThatOfTheLeastMeasurement() throws {
    let run = try makeRun("gan")
    for (step, value) in [(1, nil), (2, 3.0), (3, nil), (4, 2), (5, 2), (6, 4), (7, 5)] {
      let checkpoint = try run.checkpoints.writeExample(
        step, metric: value.map { Metric("loss", $0) })
      try run.updateBest(upTo: checkpoint)
      try run.prune(after: checkpoint)
      #expect(run.bestStep == (step < 2 ? nil : step < 4 ? 2 : 4))
    }
    #expect(run.checkpoints.steps == [4, 6, 7])
  }

  @Test func theNewestIsTheOneStartedLast() throws {
    #expect(RunSummary.all(in: root).isEmpty)
    for (name, time) in [("a", 100.0), ("b", 300.5), ("c", 200)] {
      var environment = RunEnvironment(version: "1", dataHash: nil)
      environment.started = Timestamp(milliseconds: Int(1000 * time))
      try makeRun("gan", name: name).writeEnvironment(environment)
    }
    try SystemFiles().createFolder(Place("\(root)/no run"))
    #expect(RunSummary.all(in: root).map(\.run.name) == ["b", "c", "a"])
  }

  @Test func oneProcessHasTheLock() throws {
    let path = try makeRun("gan").path
    let run = try RunFolder(path: path)
    var held: RunFolder? = try run.held()
    // A second opening of the file is to the kernel what another process is.
    let error = try #require(throws: FileError.self) { try run.held() }
    #expect(error.kind == .locked)
    #expect(error.description.contains("in use by process \(getpid())"))
    withExtendedLifetime(held) {}
    held = nil
    held = try run.held()
    withExtendedLifetime(held) {}
  }

  /// A killed process leaves a run in the making, which goes with the next one; so does nothing else.
  @Test func whatIsNotOursStays() throws {
    let files = SystemFiles()
    func make(_ name: String, lock: String?) throws -> String {
      let path = "\(root)/\(name)"
      try files.createFolders(path)
      try put("text".utf8, at: "\(path)/notes")
      if let lock { try put(lock.utf8, at: "\(path)/.lock") }
      return name
    }
    let theirs = [
      // The names that other programs, and processes that are no more elsewhere, may have used.
      try make(".backup.123.tmp", lock: nil), try make(".gan-001.999999.tmp", lock: "999999\n"),
      try make(".x.gen-0123.tmp", lock: "1\n"), try make("x.gen-0123456789abcdef.tmp", lock: "1\n"),
      // One of our names, but no lock of ours in it.
      try make(".x.gen-0123456789abcdef.tmp", lock: nil),
      try make(".y.gen-0123456789abcdef.tmp", lock: "mine"),
    ]
    let link = ".z.gen-0123456789abcdef.tmp"
    let target = try make("target", lock: "1\n")
    try FileManager.default.createSymbolicLink(
      atPath: "\(root)/\(link)", withDestinationPath: target)
    let live = try make(TemporaryName.new(for: "gan"), lock: "1\n")
    let dead = try make(TemporaryName.new(for: "gan"), lock: "1\n")
    let held = try HeldFolder(locking: "\(root)/\(live)")
    let run = try makeRun("gan")
    #expect(
      try folderContents(root) == (theirs + [link, target, live, run.name]).sorted())
    #expect(fileKind("\(root)/\(target)/notes") == .file)
    #expect(fileKind("\(root)/\(dead)") == nil)
    withExtendedLifetime(held) {}
  }

  /// A kill may come before the lock is taken, or before the process has written its number there.
  @Test func anEmptyRunInTheMakingGoes() throws {
    let (empty, locked) = (TemporaryName.new(for: "gan"), TemporaryName.new(for: "gan"))
    for name in [empty, locked] { try SystemFiles().createFolders("\(root)/\(name)") }
    try put([], at: "\(root)/\(locked)/.lock")
    let run = try makeRun("gan")
    #expect(try folderContents(root) == [run.name])
  }

  /// Each start clears up, also while others are between the making of their folder and its lock.
  @Test func startsDoNotDisturbEachOther() throws {
    let names = Mutex<Set<String>>([])
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<25 {
        do {
          let name = try makeRun("gan").name
          names.withLock { _ = $0.insert(name) }
        } catch { Issue.record(error) }
      }
    }
    #expect(names.withLock { $0 }.sorted() == (1...100).map { "gan-\(padded($0, 3))" })
    #expect(try folderContents(root) == (1...100).map { "gan-\(padded($0, 3))" })
  }

  @Test func aResumeRemovesOnlyWhatIsOurs() throws {
    let run = try makeRun("gan")
    let checkpoint = try run.checkpoints.writeExample(1)
    let ours = TemporaryName.new(for: "recipe.yaml")
    let theirs = ["notes.tmp", ".x.gen-01.tmp", "recipe.yaml.123.tmp", "\(ours).tmp"]
    for name in [ours] + theirs {
      try put("text".utf8, at: "\(run.path)/\(name)")
      try put("text".utf8, at: "\(run.samplesPath)/\(name)")
    }
    for name in [".trash", "step-000500.tmp", TemporaryName.new(for: "mine")] {
      try SystemFiles().createFolders("\(run.checkpoints.path)/\(name)/theirs")
    }
    // Another process is writing an image there.
    let image = run.place / Name.samples / TemporaryName.new(for: "x.png")
    let open = try SystemFiles().create(image)
    let before = try folderContents(run.checkpoints.path)
    try run.complete(checkpoint)
    for folder in [run.path, run.samplesPath] {
      let names = try folderContents(folder)
      #expect(names.filter(theirs.contains) == theirs.sorted() && !names.contains(ours), "\(names)")
    }
    #expect(image.kind() == .file)
    #expect(try folderContents(run.checkpoints.path) == before)
    SystemFiles().close(open)
    try run.complete(checkpoint)
    #expect(image.kind() == nil)
  }

  private typealias Name = RunFolder.Name

  @Test func namesOfWhatIsUnfinished() throws {
    let name = TemporaryName.new(for: "a.b")
    #expect(name.hasPrefix(".a.b.gen-") && TemporaryName.finalName(of: name) == "a.b")
    #expect(name != TemporaryName.new(for: "a.b"))
    let long = TemporaryName.new(for: String(repeating: "é", count: 127))
    #expect(long.utf8.count <= 255 && TemporaryName.finalName(of: long) != nil)
    for other in [
      "", ".", ".tmp", "a.gen-0123456789abcdef.tmp", ".a.gen-0123456789ABCDEF.tmp",
      ".a.gen-0123456789abcde.tmp", ".a.0123456789abcdef.tmp", ".a.gen-0123456789abcdef",
    ] {
      #expect(TemporaryName.finalName(of: other) == nil, "\(other)")
    }
    #expect(TemporaryName.originalName(of: TemporaryName.aside(for: "2026-01-01")) == "2026-01-01")
    #expect(TemporaryName.originalName(of: "2026-01-01.old") == nil)
  }

  #if os(Linux)
    @Test func aKilledProcessHasItNoLonger() throws {
      let run = try makeRun("gan").released
      let holder = Process()
      holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      holder.arguments = ["flock", "--no-fork", "\(run.path)/.lock", "sleep", "30"]
      try holder.run()
      defer { holder.terminate() }
      try wait(for: "the lock") { (try? run.held()) == nil }
      kill(holder.processIdentifier, SIGKILL)
      holder.waitUntilExit()
      #expect(throws: Never.self) { try run.held() }
    }
  #endif
}
