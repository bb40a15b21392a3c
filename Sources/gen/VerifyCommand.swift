import ArgumentParser
import Compute
import Files
import Foundation
import Reports
import Runs

/// `gen verify`: shows on the user's own machine what is promised.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks that a promise holds on this machine.",
    discussion: """
      gen verify resume gan                 a killed run ends with the same bytes
      """,
    subcommands: [Resume.self])

  /// `gen verify resume`: that a killed run ends with the same bytes.
  struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resume",
      abstract: "Checks that a run that is killed and resumed ends with the same bytes.",
      discussion: """
        gen verify resume gan
        gen verify resume diffusion --steps 12 --kills 3
        gen verify resume transformer --data book.txt --set model.layers=2

        Trains for some steps in one go, and once more with SIGKILL at random moments,
        each followed by gen train --resume with another number of threads; then
        compares the model, its average, the optimizer and the metrics. The runs are
        in a temporary folder, which is removed. Ends with 1 where anything differs.
        """)

    @Argument(help: "A recipe's name or file.", completion: .recipes)
    var recipe: String

    @Option(help: ArgumentHelp("Training steps in all.", valueName: "n"))
    var steps = 30

    @Option(help: ArgumentHelp("How often to kill.", valueName: "n"))
    var kills = 5

    @Option(
      help: ArgumentHelp("What to learn from, as for gen train.", valueName: "what"),
      completion: .data)
    var data: String?

    @Option(
      name: .customLong("set"),
      help: ArgumentHelp("Change a key of the recipe.", valueName: "key=value"),
      completion: .settings)
    var settings: [String] = []

    @Option(help: ArgumentHelp("Seed of all random numbers.", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("Threads of every run, not others at each.", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print a line of JSON.")
    var json = false

    func validate() throws {
      for (flag, value, range) in [
        ("steps", steps, 2...1_000_000_000), ("kills", kills, 1...10_000),
      ] where !range.contains(value) {
        throw ValidationError(
          "--\(flag) is \(value), but must be \(range.lowerBound) to \(range.upperBound)")
      }
    }

    func run() throws {
      Interrupts.handle()
      try Arguments.checkText(ofVariable: "TMPDIR")
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("gen-verify-\(UUID().uuidString)")
      try SystemFiles().createFolders(folder.path)
      defer { try? FileManager.default.removeItem(at: folder) }
      let verification = ResumeVerification(
        training: training, kills: kills,
        threads: threads == nil ? Array(1...max(2, ThreadPool.shared.count)) : [], folder: folder)
      do { try report(verification()) } catch let failure as VerificationFailure {
        writeToStandardError("\(lines: failure.messages)")
        throw ExitCode(failure.status)
      } catch let interrupted as Interrupted { throw ExitCode(128 + interrupted.signal) }
    }

    /// What the training is told; what the user sets comes last, and so counts.
    private var training: [String] {
      let own = ["checkpoint.every=\(max(1, steps / 10))", "log.every=1", "sample.every=\(steps)"]
      let options = [
        ("--data", data), ("--seed", seed), ("--threads", threads.map { "\($0)" }),
      ]
      return ["train", recipe, "--steps", "\(steps)"]
        + (own + settings).flatMap { ["--set", $0] }
        + options.compactMap { name, value in value.map { "\(name)=\($0)" } }
    }

    private func report(_ result: ResumeVerification.Result) throws {
      if json {
        print(
          try jsonLine(
            Report(
              recipe: recipe, steps: steps, kills: result.kills, same: result.isSame,
              runs: result.comparisons.map(\.items))))
      } else {
        for comparison in result.comparisons {
          let rows = comparison.items.map {
            [$0.file, $0.first ?? "-", $0.second ?? "-", $0.same ? "same" : "DIFFERENT"]
          }
          print(lines: table([["FILE", "IN ONE GO", "KILLED", ""]] + rows) + "\n")
        }
        let finding = result.isSame ? "the same bytes" : "NOT the same bytes"
        print("\(recipe), \(steps) steps, kills: \(result.kills): \(finding)")
      }
      guard result.isSame else { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private struct Report: Encodable {
      let recipe: String
      let steps: Int
      let kills: Int
      let same: Bool
      let runs: [[RunComparison.Item]]
    }
  }
}
