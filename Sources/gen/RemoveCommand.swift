import ArgumentParser
import Files
import Runs

/// `gen rm`: removes runs.
struct RemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Removes runs, after asking.",
    discussion: """
      gen rm gan-001
      gen rm gan-001 rnn-002 --yes        asks nothing, as scripts need it

      A run that is in use stays, and so do pretrained models. Where one of several
      cannot be removed, none is.
      """)

  @Argument(
    help: ArgumentHelp("The runs, by name or path.", valueName: "run"), completion: .ownRuns)
  var names: [String]

  @Flag(help: "Remove them without asking.")
  var yes = false

  func run() throws {
    let runs = try RunLookup.own(names)
    for run in runs {
      try run.checkIsWhole()
      try run.checkIsFree()
    }
    let plan: [Message] = runs.map { run in
      let summary = RunSummary(run)
      let steps = summary.step.map { "\($0) steps" } ?? "no checkpoint"
      return "\(run.path): \(summary.kind ?? "unknown kind"), \(steps), \(size(summary.size))"
    }
    let question: Message =
      runs.count == 1 ? "remove this run?" : "remove these \(runs.count) runs?"
    guard try Confirmation.isGiven(plan, question, yes: yes) else {
      return writeToStandardError("nothing was removed\n" as Message)
    }
    // All are held before the first goes.
    let held = try runs.map { try $0.held() }
    for run in held {
      let (path, bytes) = (run.path, run.size)
      try run.discard()
      print("removed \(path): \(size(bytes))")
    }
  }
}
