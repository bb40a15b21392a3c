import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

/// What the loader finds after a crash at any point of a run's writing, on every disk that the crash
/// may leave (as SQLite tests it, and Pillai et al., "All File Systems Are Not Created Equal", 2014).
///
/// `Tests/Checks/crashes` tries all disks; here it is a part of them.
struct CrashTests {
  let folder: TemporaryFolder
  let training: ExampleTraining

  init() throws {
    folder = TemporaryFolder(inMemory: true)
    training = ExampleTraining(root: folder("runs"))
  }

  /// Every so manieth disk is tried.
  private static let sampling =
    ProcessInfo.processInfo.environment["GEN_CRASHES"] == "all" ? 1 : 16

  /// What a run asked of the file system: the operations, how many there were before each step's
  /// checkpoint, and how many when it was done.
  private struct Record {
    var operations: [DiskOperation] = []
    var starts: [Int: Int] = [:]
    var ends: [Int: Int] = [:]
  }

  private func recorded() throws -> Record {
    let files = ScriptedFiles()
    let trainer = ExampleTrainer(files)
    try training(files, trainer)
    return Record(operations: files.operations, starts: trainer.starts, ends: trainer.ends)
  }

  /// Crashes after each of the operations, in all ways, until something is found wrong.
  private func wrong(_ record: Record, every sampling: Int = Self.sampling) throws -> (
    String?, states: Int
  ) {
    var states = 0
    for count in 0...record.operations.count {
      let newest = record.starts.filter { $0.value < count }.keys.max()
      let oldest = record.ends.filter { $0.value <= count }.keys.max()
      for disk in CrashDisk.after(Array(record.operations[..<count]), sampling: sampling) {
        states += 1
        let copy = TemporaryFolder(inMemory: true)
        try disk.materialize(recorded: folder.path, at: copy.path)
        let found = try Self.wrong(ExampleTraining(root: copy("runs")), oldest ?? 0, newest ?? 0)
        if let found { return ("\(found) after \(count) operations", states) }
      }
    }
    return (nil, states)
  }

  /// What is wrong with a run that must have all up to the step `oldest`, and may have `newest`.
  private static func wrong(
    _ training: ExampleTraining, _ oldest: Int, _ newest: Int
  ) throws -> String? {
    guard let run = try? RunFolder(path: training.path) else {
      return oldest > 0 ? "no run" : fileKind(training.path) != nil ? "half a run" : nil
    }
    let recipe = String(decoding: try bytes(of: run.recipePath), as: UTF8.self)
    guard recipe == ExampleTraining.recipe else { return "half a recipe" }
    let step = run.checkpoints.latestVerified().checkpoint?.step ?? 0
    guard (oldest...max(oldest, newest)).contains(step) else { return "step \(step)" }
    for step in run.checkpoints.steps {
      let checkpoint = try? Checkpoint(path: run.checkpoints.folder(ofStep: step))
      guard let checkpoint, (try? checkpoint.verify()) != nil else { return "half a checkpoint" }
      guard try ExampleTraining.step(of: checkpoint) == step else { return "a mixed checkpoint" }
    }
    if fileKind(run.bestPath) != nil,
      run.bestStep.map({ !run.checkpoints.steps.contains($0) }) ?? true
    {
      return "no best checkpoint where one should be"
    }
    if oldest > 0, run.bestStep != min(2, oldest), run.bestStep != min(2, newest) {
      return "the best is \(run.bestStep ?? -1)"
    }
    let logged = (try? MetricsLog.records(path: run.metricsPath).map(\.step)) ?? []
    guard logged.starts(with: 1..<step + 1) else { return "metrics \(logged) at step \(step)" }
    return nil
  }

  @Test func everyCrashLeavesAGoodCheckpoint() throws {
    let (wrong, states) = try wrong(recorded())
    #expect(wrong == nil)
    #expect(states > 5000 / Self.sampling)
    print("crashes: \(states) disks after a crash, a good checkpoint on each")
  }

  /// What could be left out of the writing.
  enum Omission: CaseIterable {
    case filesSync, manifestSync, temporaryFolderSync, folderSync, runsSync, recipeSync,
      runFolderSync
    case metricsSync, trash, temporary
  }

  /// The test above would notice each omission.
  @Test(arguments: Omission.allCases)
  func anOmissionIsNoticed(_ omission: Omission) throws {
    let complete = try recorded()
    var record = Record()
    for (index, operation) in complete.operations.enumerated() {
      for (step, place) in complete.starts where place == index {
        record.starts[step] = record.operations.count
      }
      for (step, place) in complete.ends where place == index {
        record.ends[step] = record.operations.count
      }
      if let operation = without(omission, operation) { record.operations.append(operation) }
    }
    #expect(try wrong(record, every: 4).0 != nil)
  }

  /// What is left of an operation: nil, itself, or the same in another place.
  private func without(_ omission: Omission, _ operation: DiskOperation) -> DiskOperation? {
    func isUnfinished(_ path: String) -> Bool {
      path.contains("/checkpoints/") && path.contains(".tmp")
    }
    func unmarked(_ path: String) -> String {
      path.replacing(/\.(step-\d+)\.gen-[0-9a-f]{16}\.tmp/) { $0.1 }
    }
    switch (omission, operation) {
    case (.filesSync, .sync(_, let path)): return path.hasSuffix("s") ? nil : operation
    case (.manifestSync, .sync(_, let path)): return path.hasSuffix("state.json") ? nil : operation
    case (.recipeSync, .sync(_, let path)): return path.contains("recipe.yaml") ? nil : operation
    case (.metricsSync, .sync(_, let path)):
      return path.hasSuffix("metrics.jsonl") ? nil : operation
    case (.temporaryFolderSync, .syncFolder(let path)): return isUnfinished(path) ? nil : operation
    case (.folderSync, .syncFolder(let path)):
      return path.hasSuffix("/checkpoints") ? nil : operation
    case (.runsSync, .syncFolder(let path)): return path == training.root ? nil : operation
    case (.runFolderSync, .syncFolder(let path)):
      return path.hasPrefix("\(training.root)/.") && !path.contains("/checkpoints")
        ? nil : operation
    case (.trash, .rename(_, let path)): return isUnfinished(path) ? nil : operation
    case (.trash, .remove(let path)): return .remove(unmarked(path))
    case (.temporary, .rename(let path, _)): return isUnfinished(path) ? nil : operation
    case (.temporary, .createFolder(let path)): return .createFolder(unmarked(path))
    case (.temporary, .create(let path, let file)): return .create(unmarked(path), file: file)
    case (.temporary, .syncFolder(let path)): return .syncFolder(unmarked(path))
    default: return operation
    }
  }
}
