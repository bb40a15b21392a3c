import Compute
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs

/// How runs and checkpoints are removed.
struct RunRemovalTests {
  let folder: TemporaryFolder
  let root: String

  init() throws {
    folder = TemporaryFolder(inMemory: true)
    root = folder("runs")
  }

  private func makeRun(_ name: String) throws -> RunFolder {
    let run = try RunFolder.create(in: root, recipe: "gan", name: name)
    try run.writeRecipe("kind: gan\n")
    _ = try run.checkpoints.writeExample(1)
    return run.released
  }

  /// Whatever operation is the last before the end, the run is whole or looked for in vain; what is left of it goes
  /// when another begins.
  @Test func nothingHalfLooksLikeARun() throws {
    let whole = try folderContents(makeRun("whole").path)
    var isDone = false
    var last = -1
    while !isDone {
      last += 1
      let path = try makeRun("a").path
      let files = ScriptedFiles { [last] index, _ in index >= last }
      do {
        try RunFolder(path: path, operations: files).held().discard()
        isDone = true
      } catch {}
      if let run = try? RunFolder(path: path) {
        #expect(try folderContents(path) == whole && !isDone)
        try run.held().discard()
      }
      #expect(RunFolder.all(in: root).map(\.name) == ["whole"])
      _ = try makeRun("next").held().discard()
      #expect(try folderContents(root) == ["whole"], "after \(last) operations")
    }
    #expect(last > 8)
  }

  /// Another folder that has taken the run's name stays.
  @Test func aRunThatWasMovedIsRemovedWhereItIs() throws {
    let run = try makeRun("a").held()
    try SystemFiles().rename(Place("\(root)/a"), to: Place("\(root)/b"))
    _ = try makeRun("a")
    try run.discard()
    #expect(RunFolder.all(in: root).map(\.name) == ["a"])
  }

  /// Of each: the measurements of the steps from 1 on, where the best link leads, and what may go.
  @Test(
    arguments: [
      ([nil, nil, nil, nil], nil, nil, [1, 2, 3]), ([3, 2, 4, 5], 2, nil, [1, 3]),
      // The newest has none, and the one before says that the model overfits.
      ([3, 1, 4, nil], 2, nil, [1]), ([3, 1, 4, nil], 2, 1, []),
      // Where a kill came before the link.
      ([3, 2, 4, 5], 1, nil, [3]), ([3, 2, 4, 5], nil, nil, [1, 3]), ([1], nil, nil, []),
      ([3, 2, 4, 5], 2, 9, [1, 3]),
    ] as [([Double?], Int?, Int?, [Int])])
  func whatMayGo(measured: [Double?], best: Int?, spared: Int?, spare: [Int]) throws {
    let run = try RunFolder.create(in: root, recipe: "rnn")
    try run.writeRecipe("kind: rnn\n")
    for (index, value) in measured.enumerated() {
      _ = try run.checkpoints.writeExample(
        index + 1, metric: value.map { Metric("loss", $0, noise: 0.1) })
    }
    if let best { try run.setBest(step: best) }
    let overfit = run.overfit()?.description
    #expect(run.spareCheckpoints(sparing: spared) == spare)
    try run.discardCheckpoints(spare)
    #expect(run.checkpoints.steps == (1...measured.count).filter { !spare.contains($0) })
    #expect(run.overfit()?.description == overfit)
    #expect(run.spareCheckpoints(sparing: spared).isEmpty)
  }

  @Test func aDamagedNewestSparesTheOneBefore() throws {
    let run = try makeRun("a")
    for step in 2...4 { _ = try run.checkpoints.writeExample(step) }
    func damage(_ step: Int) throws {
      let file = "\(run.checkpoints.folder(ofStep: step))/notes.txt"
      try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    }
    try damage(4)
    #expect(run.spareCheckpoints() == [1, 2])
    for step in 1...3 { try damage(step) }
    #expect(run.spareCheckpoints().isEmpty)
  }

  /// Who asks whether a run is held does not keep another from holding it.
  @Test func toAskIsNotToHold() throws {
    let run = try makeRun("a")
    let isDone = Locked(false)
    let asking = Thread { while !isDone.withLock({ $0 }) { _ = run.holder } }
    asking.start()
    for _ in 0..<300 { _ = try run.held() }
    isDone.withLock { $0 = true }
  }
}
