import Runs

/// What a training command asks for, besides the recipe itself.
public struct TrainingRequest: Sendable {
  /// The folder of all runs.
  public var root = "runs"
  /// The recipe's name, from which the run's is made.
  public var recipeName: String
  /// The run's name instead.
  public var runName: String?
  /// How much longer than until now a run that goes on is to take; it decides the number of steps.
  public var moreTime: Budget?
  /// How often the training is to learn from as much as the data has; it decides the number of steps.
  public var epochs: Double?
  /// When the training was asked for, from which its time counts.
  public var begun = ContinuousClock.now
  /// The run whose weights to start from, or that is gone on with.
  public var source: RunFolder?
  /// Whether the source is gone on with.
  public var goesOn = false
  /// Whether the command says what the data is, so that it is not looked for where a run had it.
  public var namesData = false
  /// Whether files that cannot be read are left out.
  public var skipBroken = false
  /// Whether nothing is said of the training.
  public var isQuiet = false
  /// Is called before anything is written.
  public var begin: @Sendable () -> Void = {}
  /// The command's words, for the run's records.
  public var command: [String]
  /// The program's version.
  public var version: String

  /// A request with nothing special.
  public init(recipeName: String, command: [String], version: String) {
    (self.recipeName, self.command, self.version) = (recipeName, command, version)
  }
}
