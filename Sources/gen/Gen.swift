import ArgumentParser
import Compute
import Files

/// The command: its commands, and what becomes of an error.
@main
struct Gen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gen",
    abstract: "Trains generative models on the CPU you have, and samples images and text.",
    discussion: """
      gen train gan                         learn to draw clothes: runs/gan-001
      gen sample                            draw a grid from the newest run
      gen train gan-photos --data ~/photos  learn from a folder of images
      gen train rnn --data book.txt         learn to write like a book
      gen sample --prompt "Once upon"       write on
      """,
    version: version,
    subcommands: [
      TrainCommand.self, SampleCommand.self, EvaluateCommand.self, ExplainCommand.self,
      ReportCommand.self, CompareCommand.self, GalleryCommand.self, ListCommand.self,
      StatusCommand.self,
      InspectCommand.self, RecipesCommand.self, RemoveCommand.self, PruneCommand.self,
      VerifyCommand.self,
      DataCommand.self, BaselineCommand.self, BenchCommand.self, ImportCommand.self,
      ExportCommand.self, ManualCommand.self,
    ])

  /// The version, which runs and images record.
  static let version = "0.1.0"

  /// What the argument parser's messages begin with, as ours do.
  static var _errorPrefix: String { "gen: " }

  static func main() {
    do {
      try StandardStreams.occupyClosed()
      Interrupts.makeWritesFail()
      try Arguments.checkText()
      var command = try parseAsRoot(Words.checked(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      ExitStatus.exit(with: error)
    }
    ExitStatus.exit()
  }
}

/// Options that all commands which compute have.
struct ComputeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Threads; results do not depend on it.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...ThreadPool.mostThreads).contains(threads) {
      throw ValidationError(
        "--threads is \(threads), but must be 1 to \(ThreadPool.mostThreads)")
    }
  }

  /// Sets the number of threads, and makes sure that the processor will do.
  /// - Throws: `InstructionSet.Unavailable`.
  func apply() throws {
    InstructionSet.current = try InstructionSet.fromEnvironment()
    if let threads { ThreadPool.shared.count = threads }
  }
}
