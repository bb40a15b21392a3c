import Foundation
import Testing

@testable import Training

struct RunFolderTests {
  let folder: TemporaryFolder
  let root: String

  init() throws {
    folder = try TemporaryFolder()
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
      environment.started = Date(timeIntervalSince1970: time)
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

  #if os(Linux)
    @Test func aKilledProcessHasItNoLonger() throws {
      let run = try makeRun("gan").released
      let holder = Process()
      holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      holder.arguments = ["flock", "--no-fork", "\(run.path)/.lock", "sleep", "30"]
      try holder.run()
      defer { holder.terminate() }
      var isLocked = false
      for _ in 0..<500 where !isLocked {
        isLocked = (try? run.held()) == nil
        usleep(10_000)
      }
      #expect(isLocked)
      kill(holder.processIdentifier, SIGKILL)
      holder.waitUntilExit()
      #expect(throws: Never.self) { try run.held() }
    }
  #endif
}
