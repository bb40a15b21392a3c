import Compute
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs

/// A training state with what JSON makes hard.
struct ExampleState: Codable, Equatable {
  var step = 500
  var seed = UInt64.max
  var rate = 0.1
  var best = Double.infinity
  var streams = ["noise": [UInt32.max, 0]]
}

extension CheckpointStore {
  /// Writes an example whose content depends on the step.
  @discardableResult
  func writeExample(_ step: Int, metric: Metric? = nil) throws -> Checkpoint {
    let elements = (0..<300).map { Float($0 + step) }
    return try write(
      step: step,
      files: [
        .safetensors("model.safetensors", [NamedArray("w", [300], elements)]),
        File("notes.txt") { try $0.write("step \(step)") },
      ], metric: metric, state: ExampleState(step: step))
  }
}

struct CheckpointTests {
  let folder: TemporaryFolder
  let store: CheckpointStore

  init() throws {
    folder = TemporaryFolder(inMemory: true)
    store = CheckpointStore(Place(folder("checkpoints")))
  }

  @Test func roundTrip() throws {
    try store.writeExample(500, metric: Metric("fid", .nan))
    let (found, passedOver) = store.latestVerified()
    let checkpoint = try #require(found)
    #expect(passedOver.isEmpty)
    #expect(checkpoint.step == 500)
    #expect(checkpoint.metric?.value.isNaN == true)
    #expect(try checkpoint.state() == ExampleState())
    #expect(checkpoint.fileNames == ["model.safetensors", "notes.txt"])
    let file = try SafetensorsFile(checkpoint.file("model.safetensors"))
    #expect(try file.values("w").elements == (0..<300).map { Float($0 + 500) })
    #expect(throws: FileError.self) { try checkpoint.state(as: [String].self) }
  }

  /// What a training has removed since it was listed is not damaged: there is a newer one.
  @Test func whatIsRemovedMeanwhileIsLookedForAgain() throws {
    for step in 1...3 { try store.writeExample(step) }
    var opened: [Int] = []
    let (found, passedOver) = store.latestVerified { step throws(FileError) in
      opened.append(step)
      if opened.count == 1 {
        do {
          try store.discard(after: 2)
          try store.writeExample(5)
        } catch { Issue.record(error) }
      }
      return try store.checkpoint(ofStep: step)
    }
    #expect(found?.step == 5)
    #expect(passedOver.isEmpty)
    #expect(opened == [3, 2, 5])
  }

  @Test func everyFlippedByteAndEveryCutIsFoundAndNamed() throws {
    try store.writeExample(1)
    let newest = try store.writeExample(2)
    for name in newest.fileNames + ["state.json"] {
      let path = newest.file(name)
      let good = try bytes(of: path)
      for index in good.indices {
        var bad = good
        bad[index] ^= 1 << (index % 8)
        try put(bad, at: path)
        let (found, passedOver) = store.latestVerified()
        #expect(found?.step == 1)
        #expect(passedOver.map(\.path) == [path])
        #expect(passedOver.map(\.kind) == [.badData])
      }
      for cut in good.indices {
        try put(good[..<cut], at: path)
        let (found, passedOver) = store.latestVerified()
        #expect(found?.step == 1)
        #expect(passedOver.map(\.path) == [path])
      }
      try put(good, at: path)
    }
    try FileManager.default.removeItem(atPath: newest.file("notes.txt"))
    #expect(store.latestVerified().passedOver.map(\.path) == [newest.file("notes.txt")])
  }

  @Test func noneVerifies() throws {
    #expect(store.latestVerified().checkpoint == nil)
    #expect(store.latestVerified().passedOver.isEmpty)
    let only = try store.writeExample(3)
    try put([], at: only.file("state.json"))
    #expect(store.latestVerified().checkpoint == nil)
    #expect(store.latestVerified().passedOver.count == 1)
  }

  @Test func pruningKeepsTheNewestAndTheSpared() throws {
    for step in 1...5 { try store.writeExample(step) }
    let last = try store.writeExample(6)
    let theirs = [".trash", "mine", "step-000003.tmp", ".step-000003.123.tmp"]
    for name in theirs { try SystemFiles().createFolder(Place(folder("checkpoints/\(name)"))) }
    try SystemFiles().createFolder(
      Place(folder("checkpoints/\(TemporaryName.new(for: "step-000003"))")))
    try store.prune(after: last, keeping: 1, sparing: [2])
    #expect(store.steps == [2, 5, 6])
    #expect(
      try folderContents(store.path)
        == (theirs + ["step-000002", "step-000005", "step-000006"]).sorted())
    // A run that went back to 5 leaves no 6 behind that is not its own.
    try store.prune(after: Checkpoint(path: store.folder(ofStep: 5)), keeping: 3)
    #expect(store.steps == [2, 5])
    #expect(try store.writeExample(1_234_567).path.hasSuffix("/step-1234567"))
    #expect(store.steps == [2, 5, 1_234_567])
  }

  @Test func theSameStepAgain() throws {
    let first = try store.writeExample(1)
    let inode = try FileManager.default.attributesOfItem(atPath: first.path)[.systemFileNumber]
    try store.writeExample(1)
    let again = try FileManager.default.attributesOfItem(atPath: first.path)[.systemFileNumber]
    #expect(inode as? Int == again as? Int)
    try put([0], at: first.file("notes.txt"))
    try store.writeExample(1).verify()
    #expect(try folderContents(store.path) == ["step-000001"])
  }

  /// Who has opened a checkpoint reads it to the end, though it is removed meanwhile.
  @Test func anOpenCheckpointOutlivesItsRemoval() throws {
    try store.writeExample(1)
    let checkpoint = try #require(store.latestVerified().checkpoint)
    for step in 2...4 { try store.writeExample(step) }
    try store.prune(after: store.checkpoint(ofStep: 4))
    #expect(store.steps == [3, 4])
    try checkpoint.verify()
    #expect(try checkpoint.state() == ExampleState(step: 1))
    #expect(try checkpoint.tensors("model.safetensors").values("w").elements[0] == 1)
    #expect(try checkpoint.open("notes.txt").readAll(limit: 100) == Array("step 1".utf8))
    #expect(throws: FileError.self) { try checkpoint.open("none") }
  }

  /// The newest is found, whatever a training removes while it is looked for.
  @Test func theNewestIsFoundWhileATrainingRemovesCheckpoints() async throws {
    let store = store
    try store.writeExample(1)
    let isDone = Locked(false)
    let training = Task.detached {
      defer { isDone.withLock { $0 = true } }
      for step in 2...100 { try store.prune(after: store.writeExample(step)) }
    }
    while !isDone.withLock({ $0 }) {
      let before = store.steps.last ?? 0
      let (found, passedOver) = store.latestVerified()
      #expect((found?.step ?? 0) >= before && passedOver.isEmpty, "\(passedOver)")
      #expect(try found?.state(as: ExampleState.self).step == found?.step)
      await Task.yield()
    }
    try await training.value
    #expect(store.latestVerified().checkpoint?.step == 100)
  }
}
