import Foundation
import Testing

@testable import Training

/// What the loader finds after a crash at any point of a run's writing, on every disk that the crash
/// may leave (as SQLite tests it, and Pillai et al., "All File Systems Are Not Created Equal", 2014).
struct CrashTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What a run asked of the file system: the operations, how many there were before each step's
  /// checkpoint, and how many when it was done.
  private struct Record {
    var operations: [Operation] = []
    var starts: [Int] = []
    var ends: [Int] = []
  }

  /// Writes three checkpoints, pruning after each.
  private func recorded() throws -> Record {
    let files = ScriptedFiles()
    let store = CheckpointStore(path: folder("checkpoints"), operations: files)
    var record = Record()
    for step in 1...3 {
      record.starts.append(files.operations.count)
      let checkpoint = try store.writeExample(step)
      record.ends.append(files.operations.count)
      try store.prune(after: checkpoint)
    }
    record.operations = files.operations
    return record
  }

  /// Crashes after each of the operations, in all ways, until something is found wrong.
  private func wrong(_ record: Record) throws -> String? {
    for count in 0...record.operations.count {
      let newest = record.starts.count { $0 < count }
      let oldest = record.ends.count { $0 <= count }
      for disk in CrashDisk.after(Array(record.operations[..<count])) {
        let copy = try TemporaryFolder()
        try disk.materialize(recorded: folder.path, at: copy.path)
        let store = CheckpointStore(path: copy("checkpoints"))
        let step = store.latestVerified().checkpoint?.step ?? 0
        let isWhole = try store.steps.allSatisfy { step in
          let checkpoint = try? Checkpoint(path: store.folder(ofStep: step))
          guard let checkpoint, (try? checkpoint.verify()) != nil else { return false }
          return try checkpoint.state(as: ExampleState.self).step == step
        }
        if !(oldest...newest).contains(step) { return "step \(step) after \(count) operations" }
        if !isWhole { return "half a checkpoint after \(count) operations" }
      }
    }
    return nil
  }

  @Test func everyCrashLeavesAGoodCheckpoint() throws { #expect(try wrong(recorded()) == nil) }

  /// What could be left out of the writing.
  enum Omission: CaseIterable {
    case filesSync, manifestSync, temporaryFolderSync, folderSync, parentSync, trash, temporary
  }

  /// The test above would notice each omission.
  @Test(arguments: Omission.allCases)
  func anOmissionIsNoticed(_ omission: Omission) throws {
    let complete = try recorded()
    var record = Record()
    for (index, operation) in complete.operations.enumerated() {
      if complete.starts.contains(index) { record.starts.append(record.operations.count) }
      if complete.ends.contains(index) { record.ends.append(record.operations.count) }
      if let operation = without(omission, operation) { record.operations.append(operation) }
    }
    #expect(try wrong(record) != nil)
  }

  /// What is left of an operation: nil, itself, or the same in another place.
  private func without(_ omission: Omission, _ operation: Operation) -> Operation? {
    switch (omission, operation) {
    case (.filesSync, .sync(_, let path)): return path.hasSuffix("state.json") ? operation : nil
    case (.manifestSync, .sync(_, let path)): return path.hasSuffix("state.json") ? nil : operation
    case (.temporaryFolderSync, .syncFolder(let path)):
      return path.hasSuffix(".tmp") ? nil : operation
    case (.folderSync, .syncFolder(let path)):
      return path.hasSuffix("/checkpoints") ? nil : operation
    case (.parentSync, .syncFolder(let path)): return path == folder.path ? nil : operation
    case (.trash, .rename(_, let path)): return path.contains("/.trash/") ? nil : operation
    case (.trash, .remove(let path)):
      return .remove(path.replacingOccurrences(of: "/.trash/", with: "/"))
    case (.temporary, .rename(let path, _)): return path.hasSuffix(".tmp") ? nil : operation
    case (.temporary, .createFolder(let path)): return .createFolder(unmarked(path))
    case (.temporary, .create(let path, let file)): return .create(unmarked(path), file: file)
    case (.temporary, .syncFolder(let path)): return .syncFolder(unmarked(path))
    default: return operation
    }
  }

  private func unmarked(_ path: String) -> String {
    path.replacingOccurrences(of: ".tmp", with: "")
  }

  @Test func aKillOrAFailureAtAnyOperation() throws {
    let count = try recorded().operations.count
    for once in [true, false] {
      for failing in 0..<count {
        let place = folder("\(once)-\(failing)")
        let files = ScriptedFiles { index, _ in
          once ? index == failing : index >= failing
        }
        try SystemFiles().createFolder(place)
        let store = CheckpointStore(path: "\(place)/checkpoints", operations: files)
        var done = 0
        do {
          for step in 1...3 {
            let checkpoint = try store.writeExample(step)
            done = step
            try store.prune(after: checkpoint)
          }
        } catch is FileError {}
        // The next process finds what was done, or one more whose end was not reported.
        let next = CheckpointStore(path: store.path)
        let (found, passedOver) = next.latestVerified()
        #expect((done...done + 1).contains(found?.step ?? 0))
        #expect(passedOver.isEmpty)
        // It can go on, and leaves no litter.
        try next.prune(after: next.writeExample(9))
        #expect(next.steps.count <= 2 && next.steps.last == 9)
        #expect(try folderContents(store.path).allSatisfy { $0.hasPrefix("step-") })
      }
    }
  }
}
