import ArgumentParser
import Files
import Models
import Runs

/// `gen prune`: removes checkpoints that no command needs.
struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Removes checkpoints that no command needs, after asking.",
    discussion: """
      gen prune                           those of all runs
      gen prune gan-001 --yes             asks nothing, as scripts need it

      What is kept of a run: the newest checkpoint, with which it resumes; the best
      one; the latest that was evaluated, which tells whether the model overfits;
      and that of sample.guide_step. A run that is in use is passed over.
      """)

  @Argument(
    help: ArgumentHelp("Runs, by name or path; all if none is named.", valueName: "run"),
    completion: .ownRuns)
  var names: [String] = []

  @Flag(help: "Remove them without asking.")
  var yes = false

  /// What goes of a run.
  private struct Cut {
    let run: RunFolder
    let spared: Int?
    let steps: [Int]
    let bytes: Int
  }

  func run() throws {
    if names.isEmpty { RunLookup.tellOfUnnamed() }
    let runs = try names.isEmpty ? RunFolder.all(in: RunLookup.root) : RunLookup.own(names)
    let cuts = try runs.compactMap(cut)
    guard !cuts.isEmpty else {
      return writeToStandardError("no checkpoint to spare\n" as Message)
    }
    let plan: [Message] = cuts.map { cut in
      "\(cut.run.path): \(count(cut.steps)), \(size(cut.bytes)): step \(list(cut.steps))"
    }
    let steps = cuts.flatMap(\.steps)
    let bytes = size(cuts.reduce(0) { $0 + $1.bytes })
    let question: Message = "remove \(count(steps)), \(bytes) in all?"
    guard try Confirmation.isGiven(plan, question, yes: yes) else {
      return writeToStandardError("nothing was removed\n" as Message)
    }
    for cut in cuts { try remove(cut) }
  }

  /// What goes of a run; nil for nothing. Why a run is passed over is said.
  /// - Throws: `FileError`, `RecipeError` where a run that is named has no recipe that can be read.
  private func cut(of run: RunFolder) throws -> Cut? {
    if let holder = run.holder { return pass(over: run, "it is in use by \(holder)") }
    let spared: Int?
    do { spared = try RecipeDocument(path: run.recipePath).loop.sparedStep } catch {
      // Which of its checkpoints guides others is not known then.
      guard names.isEmpty else { throw error }
      return pass(over: run, "\(error)")
    }
    let steps = run.spareCheckpoints(sparing: spared)
    guard !steps.isEmpty else { return nil }
    return Cut(run: run, spared: spared, steps: steps, bytes: run.size(ofCheckpoints: steps))
  }

  private func remove(_ cut: Cut) throws {
    if let holder = cut.run.holder {
      _ = pass(over: cut.run, "it is in use by \(holder)")
      return
    }
    let run = try cut.run.held()
    // A training may have come and gone while the question stood, and what was spare be the best now.
    let spare = Set(run.spareCheckpoints(sparing: cut.spared))
    let steps = cut.steps.filter(spare.contains)
    let bytes = run.size(ofCheckpoints: steps)
    try run.discardCheckpoints(steps)
    print("\(run.path): removed \(count(steps)), \(size(bytes))")
  }

  private func pass(over run: RunFolder, _ reason: String) -> Cut? {
    writeToStandardError("passing over \(run.path): \(reason)\n" as Message)
    return nil
  }

  private func count(_ steps: [Int]) -> String {
    steps.count == 1 ? "1 checkpoint" : "\(steps.count) checkpoints"
  }

  private func list(_ steps: [Int]) -> String {
    steps.prefix(8).map { "\($0)" }.joined(separator: ", ") + (steps.count > 8 ? " ..." : "")
  }
}
