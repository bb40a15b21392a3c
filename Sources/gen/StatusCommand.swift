import ArgumentParser
import Files
import Models
import Reports
import Runs

/// `gen status`: what trains now, and how far it has come.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows which runs train now, how far they are and how long they will take.",
    discussion: """
      gen status
      gen status --json                   for programs

      Steps and items (images or characters) a second are as they were logged last.
      """)

  @Option(
    help: ArgumentHelp("The folder of all runs.", valueName: "folder"), completion: .directory)
  var runs = RunLookup.root

  @Flag(help: "Print a line of JSON for each.")
  var json = false

  func validate() throws {
    if runs.isEmpty { throw ValidationError("--runs is empty, but must name a folder") }
  }

  func run() throws {
    guard isThere(runs) || runs == RunLookup.root else {
      throw FileError(.missing, runs, "there is no such folder of runs")
    }
    let trainings = RunFolder.all(in: runs).compactMap(LiveTraining.init)
    if json { return try trainings.forEach { print(try jsonLine($0)) } }
    guard !trainings.isEmpty else {
      return writeToStandardError("nothing trains in \(runs)\n" as Message)
    }
    print(lines: table(of: trainings))
  }

  private func table(of trainings: [LiveTraining]) -> String {
    let cells = trainings.map { training in
      [
        training.kind ?? "?", "\(training.step)/\(training.steps.map { "\($0)" } ?? "?")",
        training.pace.map { brief($0.itemsPerSecond.rounded()) } ?? "-",
        training.secondsLeft.map(duration) ?? "-",
        training.holder.process.map { "\($0)" } ?? "?",
      ]
    }
    let head = ["KIND", "STEP", "ITEMS/S", "LEFT", "PROCESS"]
    let widths = head.indices.map { column in
      ([head] + cells).map { $0[column].count + 2 }.max() ?? 0
    }
    let room = max(TerminalStyle.standardOutput.columns - widths.reduce(0, +), 12)
    let rows = zip(trainings, cells).map { [shortened($0.run.name, to: room)] + $1 }
    return Reports.table([["RUN"] + head] + rows, numbers: [2, 3, 4, 5])
  }
}

/// A run that a process holds.
private struct LiveTraining: Encodable {
  let run: RunFolder
  let holder: HeldFolder.Holder
  /// The kind of its recipe; nil where that cannot be read.
  let kind: String?
  let step: Int
  /// How many there will be; where a budget decides, by its latest decision.
  let steps: Int?
  let pace: RunFolder.Pace?

  var secondsLeft: Double? {
    guard let pace, let steps else { return nil }
    return Double(max(steps - step, 0)) * pace.secondsPerStep
  }

  /// The training of a run; nil where no process holds it.
  init?(_ run: RunFolder) {
    guard let holder = run.holder else { return nil }
    (self.run, self.holder, pace) = (run, holder, run.pace)
    let document = try? RecipeDocument(path: run.recipePath)
    kind = document?.kind
    steps = document.flatMap { try? $0.loop.steps }
    step = max(pace?.step ?? 0, run.checkpoints.steps.last ?? 0)
  }

  /// As JSON: name, path, kind, step, steps, items_per_second, seconds_left and process.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run.name, forKey: .name)
    try container.encode(run.path, forKey: .path)
    try container.encode(kind, forKey: .kind)
    try container.encode(step, forKey: .step)
    try container.encode(steps, forKey: .steps)
    try container.encode(pace?.itemsPerSecond, forKey: .itemsPerSecond)
    try container.encode(secondsLeft, forKey: .secondsLeft)
    try container.encode(holder.process, forKey: .process)
  }

  private enum CodingKeys: String, CodingKey {
    case name, path, kind, step, steps, process
    case itemsPerSecond = "items_per_second"
    case secondsLeft = "seconds_left"
  }
}
