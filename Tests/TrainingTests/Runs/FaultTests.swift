import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

/// A training whose file system fails, at each of its calls in turn, in each way, once or from then on.
///
/// `Tests/Checks/crashes` tries all calls; here it is a part of them.
struct FaultTests {
  private static let sampling =
    ProcessInfo.processInfo.environment["GEN_CRASHES"] == "all" ? 1 : 7

  @Test(arguments: Fault.allCases, [true, false])
  func aTrainingSurvivesAFault(_ fault: Fault, once: Bool) throws {
    let sound = ScriptedFiles()
    let folder = TemporaryFolder(inMemory: true)
    try ExampleTraining(root: folder("sound"))(sound, ExampleTrainer())
    let begun = try #require(
      sound.operations.firstIndex { if case .openToAppend = $0 { true } else { false } })
    var tried = 0
    let first = (Fault.allCases.firstIndex(of: fault) ?? 0) + (once ? 0 : 3)
    for failing in stride(
      from: first % Self.sampling, to: sound.operations.count, by: Self.sampling)
    {
      let training = ExampleTraining(root: folder("\(failing)"))
      var said: [String] = []
      let files = ScriptedFiles { index, _ in
        (once ? index == failing : index >= failing) ? fault : nil
      }
      var thrown: FileError?
      do { try training(files, ExampleTrainer()) { said.append($0) } } catch let error as FileError
      {
        thrown = error
      }
      tried += 1
      // A short write is no error, and a training that has begun goes on after a fault that passes.
      if fault == .shortWrite || once && failing > begun + 1 {
        #expect(thrown == nil, "\(fault) at \(sound.operations[failing].brief)")
        #expect(try training.fault == nil, "\(fault) at \(sound.operations[failing].brief)")
      }
      // Nothing is said twice.
      let failures = said.filter { $0.contains(" failed: ") }.compactMap {
        $0.split(separator: ":").first
      }
      if !once { #expect(Set(failures).count == failures.count, "\(failures)") }
      if !once && fault != .shortWrite, let run = try? RunFolder(path: training.path) {
        // What the last checkpoint is was known; nothing half is there, nothing came after the end.
        #expect(run.checkpoints.latestVerified().passedOver.isEmpty)
        #expect(thrown != nil || run.checkpoints.steps.last == ExampleTraining.steps)
      }
      // When all is well again the run goes on to the same end, and leaves no litter.
      try training.resume()
      #expect(
        try training.fault == nil, "resumed after \(fault) at \(sound.operations[failing].brief)")
      let litter = try folderContents(training.root).filter { $0 != "example" }
      #expect(litter.isEmpty || !once)
    }
    print("crashes: \(tried) calls, \(fault) \(once ? "once" : "from then on"): survived")
  }

  @Test func whatCannotBeWrittenIsSaidOnceAndTriedAgain() throws {
    let folder = TemporaryFolder(inMemory: true)
    let training = ExampleTraining(root: folder("runs"))
    var said = ""
    // The disk is full from the first checkpoint's folder on until the third's.
    let files = ScriptedFiles { _, operation in
      guard case .createFolder(let path) = operation else { return nil }
      return path.contains(/step-00000[12].gen-[0-9a-f]{16}.tmp$/) ? .diskFull : nil
    }
    try training(files, ExampleTrainer()) { said += $0 }
    #expect(said.components(separatedBy: "saving a checkpoint failed").count == 2)
    #expect(said.components(separatedBy: "saving a checkpoint works again").count == 2)
    #expect(said.contains("No space left on device"))
    let run = try RunFolder(path: training.path)
    #expect(run.checkpoints.steps == [3, 4, 5])
    #expect(try MetricsLog.records(path: run.metricsPath).map(\.step) == Array(1...5))
  }

  @Test func whatCannotBeSavedAtTheEndIsAnError() throws {
    let folder = TemporaryFolder(inMemory: true)
    let training = ExampleTraining(root: folder("runs"))
    let files = ScriptedFiles { _, operation in
      guard case .createFolder(let path) = operation else { return nil }
      return path.contains(/step-00000[3-5].gen-[0-9a-f]{16}.tmp$/) ? .diskFull : nil
    }
    let error = try #require(throws: FileError.self) { try training(files, ExampleTrainer()) }
    #expect(error.description.contains("step 2 is the last"))
    #expect(try RunFolder(path: training.path).checkpoints.latestVerified().checkpoint?.step == 2)
  }

  @Test func metricsThatCannotBeWrittenAreWrittenLater() throws {
    let folder = TemporaryFolder(inMemory: true)
    for failing in [1, 2, 3] {
      let path = folder("\(failing).jsonl")
      let files = ScriptedFiles { index, operation in
        switch operation {
        case .write, .sync: index == failing + 1 ? .diskFull : nil
        default: nil
        }
      }
      let log = try MetricsLog(Place(path), after: 0, operations: files)
      for step in 1...4 {
        try? log.append(MetricsRecord(step: step, [("loss", Double(step))]))
        try? log.sync()
      }
      #expect(try MetricsLog.records(path: path).map(\.step) == [1, 2, 3, 4])
    }
  }
}
