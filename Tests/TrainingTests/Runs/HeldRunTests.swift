import Compute
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

/// What becomes of a training whose run is renamed, removed or replaced by somebody else, before each
/// thing that it does to the file system.
///
/// `Tests/Checks/crashes` tries all of them; here it is a part.
struct HeldRunTests {
  let folder: TemporaryFolder
  let training: ExampleTraining

  init() throws {
    folder = TemporaryFolder(inMemory: true)
    training = ExampleTraining(root: folder("runs"))
  }

  private static let sampling =
    ProcessInfo.processInfo.environment["GEN_CRASHES"] == "all" ? 1 : 5

  /// What somebody does to a run.
  enum Event: CaseIterable {
    case renamed, removed, replacedByACopy, unlocked

    func happen(to path: String, in folder: TemporaryFolder) {
      let files = FileManager.default
      do {
        switch self {
        case .renamed:
          try files.moveItem(atPath: path, toPath: folder("elsewhere"))
          try HeldRunTests.makeAnother(at: path)
        case .removed: try files.removeItem(atPath: path)
        case .replacedByACopy:
          try files.copyItem(atPath: path, toPath: folder("copy"))
          try files.removeItem(atPath: path)
          try files.moveItem(atPath: folder("copy"), toPath: path)
        case .unlocked: try files.removeItem(atPath: "\(path)/.lock")
        }
      } catch { Issue.record("\(error)") }
    }
  }

  /// A run of somebody else, with checkpoints that ours would remove or take for its own.
  private static func makeAnother(at path: String) throws {
    for step in [1, 2, 3, 100] {
      let place = "\(path)/checkpoints/step-\(padded(step, 6))"
      try FileManager.default.createDirectory(
        atPath: place, withIntermediateDirectories: true)
      try put("theirs".utf8, at: "\(place)/state.json")
    }
    try put("theirs".utf8, at: "\(path)/metrics.jsonl")
    try put("1\n".utf8, at: "\(path)/.lock")
  }

  /// The bytes of all files in a folder and below it.
  private static func content(of path: String) throws -> [String: [UInt8]] {
    var content: [String: [UInt8]] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: path)
      ?? .init()
    where fileKind("\(path)/\(name)") == .file {
      content[name] = try bytes(of: "\(path)/\(name)")
    }
    return content
  }

  @Test(arguments: Event.allCases)
  func whateverHappensWhileItIsTrained(_ event: Event) throws {
    let sound = ScriptedFiles()
    try ExampleTraining(root: folder("sound"))(sound, ExampleTrainer())
    let named = try #require(
      sound.operations.firstIndex {
        if case .rename(_, folder("sound/example")) = $0 { true } else { false }
      })
    let first = Event.allCases.firstIndex(of: event) ?? 0
    for index in stride(
      from: named + 1 + first, to: sound.operations.count, by: Self.sampling)
    {
      let folder = TemporaryFolder(inMemory: true)
      let training = ExampleTraining(root: folder("runs"))
      let after = Locked([String: [UInt8]]())
      let hasHappened = Locked(false)
      let files = ScriptedFiles { number, _ in
        // A write is asked about twice.
        guard number == index, hasHappened.withLock({ !$0 }) else { return nil }
        hasHappened.withLock { $0 = true }
        event.happen(to: training.path, in: folder)
        after.withLock { $0 = (try? Self.content(of: training.path)) ?? [:] }
        return nil
      }
      let what = "\(event) before \(sound.operations[index].brief)"
      var said = ""
      if event == .renamed {
        try training(files, ExampleTrainer()) { said += "\($0)\n" }
        #expect(try training.fault(at: folder("elsewhere")) == nil, "\(what)")
      } else {
        var thrown: (any Error)?
        do { try training(files, ExampleTrainer()) { said += "\($0)\n" } } catch { thrown = error }
        #expect((thrown as? FileError)?.kind == .lost, "\(what): \(String(describing: thrown))")
        #expect(!said.contains("failed") && !said.contains("goes on, but"), "\(what): \(said)")
      }
      // Nothing is made, changed or removed where the run was; of one that is only unlocked, a file may
      // have been open.
      if event == .unlocked { continue }
      #expect(try Self.content(of: training.path) == after.withLock { $0 }, "\(what)")
      if event == .removed { #expect(fileKind(training.path) == nil, "\(what)") }
    }
  }

  @Test func namesFollowARename() throws {
    let (path, other) = (training.path, folder("elsewhere"))
    let files = ScriptedFiles { _, operation in
      if case .openToAppend(let file, _) = operation, file.hasSuffix("metrics.jsonl") {
        try? FileManager.default.moveItem(atPath: path, toPath: other)
      }
      return nil
    }
    var said = ""
    try training(files, ExampleTrainer()) { said += $0 }
    #expect(said.contains("\(path) is now \(other)"), "\(said)")
    #expect(said.components(separatedBy: "is now").count == 2)
  }

  @Test func aLogThatIsRemovedEndsIt() throws {
    let path = training.path
    let files = ScriptedFiles { _, operation in
      if case .rename(_, let place) = operation, place.hasSuffix("step-000002") {
        try? FileManager.default.removeItem(atPath: "\(path)/metrics.jsonl")
      }
      return nil
    }
    let error = #expect(throws: FileError.self) { try training(files, ExampleTrainer()) }
    #expect(error?.kind == .lost && error?.path == "\(path)/metrics.jsonl")
    #expect(fileKind("\(path)/metrics.jsonl") == nil)
  }

  /// What only shows how the training goes may go: nothing is made again in what may be going as a whole.
  @Test func eventsThatAreRemovedEndNothing() throws {
    let path = training.path
    let files = ScriptedFiles { _, operation in
      if case .rename(_, let place) = operation, place.hasSuffix("step-000002") {
        try? FileManager.default.removeItem(atPath: "\(path)/tensorboard")
        try? FileManager.default.removeItem(atPath: "\(path)/metrics.csv")
      }
      return nil
    }
    var said: [String] = []
    try training(files, ExampleTrainer()) { said.append($0) }
    #expect(try training.fault == nil)
    #expect(said.filter { $0.contains("was removed or replaced") }.count == 2, "\(said)")
    #expect(fileKind("\(path)/tensorboard") == nil && fileKind("\(path)/metrics.csv") == nil)
  }

  @Test func aPathIsToldAsItWasGiven() throws {
    let path = folder("a")
    try SystemFiles().createFolder(Place(path))
    let held = try HeldFolder(locking: path)
    #expect(held.path == path)
    try FileManager.default.moveItem(atPath: path, toPath: folder("b"))
    #expect(held.path == folder("b"))
    #expect((held.place / "x").path == folder("b/x"))
    try SystemFiles().atomicWrite(held.place / "x", "text")
    #expect(try bytes(of: folder("b/x")) == Array("text".utf8))
    try FileManager.default.removeItem(atPath: folder("b"))
    let error = #expect(throws: FileError.self) {
      try SystemFiles().atomicWrite(held.place / "x", "text")
    }
    #expect(error?.kind == .lost && error?.path == folder("b"))
    #expect(throws: FileError.self) { try held.check() }
  }
}
