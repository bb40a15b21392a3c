import Images
import Runs

/// A model in training with all its state: what a training loop drives.
///
/// All that is random in a step is a function of the seed and the number of the step, so
/// the arrays and that number are the whole state.
public protocol Trainer: AnyObject {
  /// How many steps have been done.
  var stepsDone: Int { get }

  /// What a step learns from, for messages: "images".
  static var itemName: String { get }

  /// How many of these a step takes.
  var itemsPerStep: Int { get }

  /// Does one step and returns its measurements in the order in which they are shown.
  /// - Throws: `NumericalFault`, the weights being as they were; what reading the data throws.
  func step() throws -> [Measurement]

  /// The files of a checkpoint.
  func checkpointFiles() -> [CheckpointStore.File]

  /// How many parameters there are.
  var parameterCount: Int { get }

  /// The networks, and what their arrays' names in a checkpoint begin with.
  var networks: [(prefix: String, network: any TrainedNetwork)] { get }

  /// What moves the model, one optimizer for each of its networks.
  var optimizers: [Optimizer] { get }

  /// The number by which it is told that a training has diverged: a loss that is never negative; nil
  /// where there is none.
  func overallLoss(_ measurements: [Measurement]) -> Double?

  /// What that is before anything is learned; nil to take it from the first step.
  static var startingLoss: Double? { get }

  /// How much what a generator makes differs beside the data, 1 being as much; nil where nobody knows.
  func variety(_ measurements: [Measurement]) -> Double?

  /// How far a discriminator overfits: 0 where it judges held-out images as those that it learns from, 1 as generated
  /// ones; nil where nobody knows.
  func overfitting(_ measurements: [Measurement]) -> Double?

  /// Takes over the weights of a checkpoint, but nothing else.
  /// - Throws: `FileError` when a file is missing, damaged, or from a model of other sizes.
  func adoptWeights(of checkpoint: Checkpoint) throws

  /// Begins with the weights of a checkpoint, whose model may have learned from other data.
  /// - Throws: as `adoptWeights`.
  func start(from checkpoint: Checkpoint) throws

  /// Takes up the state of a checkpoint.
  /// - Throws: `FileError` when a file is missing, damaged, or from a model of other sizes.
  func restore(_ checkpoint: Checkpoint) throws

  /// Measures the model on what it does not learn from. Checkpoints are compared by the first of the
  /// measurements: the less, the better.
  /// - Parameter tell: Is told how many of how many parts are done.
  /// - Throws: what reading the data throws.
  func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) throws -> [Measurement]

  /// How many items the model tells something of in an evaluation, each of which takes a third of what it takes in a
  /// step.
  var itemsPerEvaluation: Int { get }

  /// The same of the preview after `step` steps; 0 where nobody knows before it is drawn.
  func itemsPerPreview(after step: Int) -> Int

  /// A preview of what the model makes now, the same latents each time; nil where there is nothing to
  /// look at.
  /// - Parameter tell: Is told how many of how many parts are done.
  func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview?
}

extension Trainer {
  /// Takes its weights over as they are.
  public func start(from checkpoint: Checkpoint) throws { try adoptWeights(of: checkpoint) }

  /// Measures the model on what it does not learn from.
  /// - Throws: what reading the data throws.
  public func evaluate() throws -> [Measurement] { try evaluate { _, _ in } }

  /// A preview of what the model makes now.
  public func preview() -> Preview? { preview { _, _ in } }

  /// The first measurement of a step.
  public func overallLoss(_ measurements: [Measurement]) -> Double? {
    measurements.first?.value
  }

  /// That of the first step.
  public static var startingLoss: Double? { nil }

  /// Nothing is known of it.
  public func variety(_ measurements: [Measurement]) -> Double? { nil }

  /// Nothing is known of it.
  public func overfitting(_ measurements: [Measurement]) -> Double? { nil }

  /// Nothing is measured.
  public var itemsPerEvaluation: Int { 0 }

  /// Nobody knows.
  public func itemsPerPreview(after step: Int) -> Int { 0 }

  /// How many steps take as long as passing so many items through the model once.
  public func steps(forItems items: Int) -> Double { Double(items) / Double(3 * itemsPerStep) }

  /// Nothing is measured.
  public func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) throws -> [Measurement] { [] }
}

/// Which of a checkpoint's weights a model takes.
public enum LearnedWeights: String, CaseIterable, Sendable {
  /// Their moving average, which is what is used.
  case average = "ema"
  /// As the latest step left them.
  case latest = "raw"
}

/// What a model makes at some step, to be looked at.
public enum Preview: Sendable {
  /// Images of one size, in a grid of so many to a row.
  case images([Image], columns: Int)
  /// A text.
  case text(String)
}
