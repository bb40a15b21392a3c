import TestSupport

@testable import Files
@testable import Runs
@testable import Training

/// A trainer of few numbers, whose evaluation is best after the second step.
final class ExampleTrainer: Trainer {
  static let itemName = "numbers"
  let itemsPerStep = 1
  let networks: [(prefix: String, network: any TrainedNetwork)] = []
  var stepsDone = 0
  /// How often the file system has been asked at the end of each step's save.
  private(set) var ends: [Int: Int] = [:]
  /// The same, before.
  private(set) var starts: [Int: Int] = [:]
  private let files: ScriptedFiles?

  init(_ files: ScriptedFiles? = nil) { self.files = files }

  func step() -> [Measurement] {
    ends[stepsDone] = files?.operations.count
    stepsDone += 1
    return [Measurement("loss", label: "loss", 1 / Double(stepsDone))]
  }

  func evaluate(_ tell: (_ done: Int, _ count: Int) -> Void) -> [Measurement] {
    [Measurement("held_out", label: "held out", Double(abs(stepsDone - 2)))]
  }

  func checkpointFiles() -> [CheckpointStore.File] {
    starts[stepsDone] = files?.operations.count
    let elements = (0..<1200).map { Float($0 + stepsDone) }
    let text = "step \(stepsDone)"
    return [
      .safetensors("model.safetensors", [NamedArray("w", [1200], elements)]),
      CheckpointStore.File("notes.txt") { try $0.write(text) },
    ]
  }

  func adoptWeights(of checkpoint: Checkpoint) {}
  func restore(_ checkpoint: Checkpoint) { stepsDone = checkpoint.step }
  func preview(_ tell: (_ done: Int, _ count: Int) -> Void) -> Preview? { .text("\(stepsDone)") }
}

/// A training of five steps, with all that a training does to the file system: it evaluates and
/// saves after each step, removes old checkpoints, and draws after every second.
struct ExampleTraining {
  static let recipe = "kind: example\n"
  static let steps = 5
  let root: String

  static func step(of checkpoint: Checkpoint) throws -> Int? {
    let file = try SafetensorsFile(checkpoint.file("model.safetensors"))
    let first = try file.values("w").elements.first.map { Int($0) }
    let notes = String(decoding: try bytes(of: checkpoint.file("notes.txt")), as: UTF8.self)
    return first == checkpoint.step && notes == "step \(checkpoint.step)" ? first : nil
  }

  var path: String { "\(root)/example" }

  /// Makes the run and trains it.
  func callAsFunction(
    _ files: any FileOperations, _ trainer: ExampleTrainer,
    say: @escaping (String) -> Void = { _ in }
  ) throws {
    let run = try RunFolder.create(in: root, recipe: "example", name: "example", operations: files)
    {
      try $0.writeRecipe(Self.recipe)
    }
    try train(run, trainer, say)
  }

  /// Goes on with the run, or makes it where there is none.
  func resume(_ files: any FileOperations = SystemFiles()) throws {
    guard let run = try? RunFolder(path: path, operations: files).held() else {
      return try self(files, ExampleTrainer())
    }
    let trainer = ExampleTrainer()
    let checkpoint = run.checkpoints.latestVerified().checkpoint
    if let checkpoint { trainer.restore(checkpoint) }
    try run.complete(checkpoint)
    try train(run, trainer) { _ in }
  }

  private func train(
    _ run: RunFolder, _ trainer: ExampleTrainer, _ say: @escaping (String) -> Void
  ) throws {
    var options = LoopOptions(
      steps: Self.steps, sampleEvery: 2, checkpointEvery: 1, evaluateEvery: 1)
    options.logEvery = 1
    _ = try TrainingLoop(run: run, options: options, progress: Progress(to: say)) { _ in [] }(
      trainer)
  }

  /// What is wrong with the run at its end; nil for nothing.
  var fault: String? { get throws { try fault(at: path) } }

  /// What is wrong with the run at its end, in another place; nil for nothing.
  func fault(at path: String) throws -> String? {
    let run = try RunFolder(path: path)
    let (checkpoint, passedOver) = run.checkpoints.latestVerified()
    guard let checkpoint, checkpoint.step == Self.steps, passedOver.isEmpty else {
      return "the last checkpoint is that of \(checkpoint?.step ?? -1)"
    }
    guard try Self.step(of: checkpoint) != nil else { return "the last checkpoint is mixed" }
    // After a failure there may be none of the second step, or of the third.
    let kept = run.checkpoints.steps
    guard (2...3).contains(kept.count) else { return "kept: \(kept)" }
    let best = kept.min { (abs($0 - 2), $0) < (abs($1 - 2), $1) }
    guard run.bestStep == best else { return "best: \(run.bestStep ?? -1) of \(kept)" }
    let litter = try (folderContents(path) + folderContents(run.samplesPath))
      .filter { TemporaryName.finalName(of: $0) != nil }
    guard litter.isEmpty else { return "litter: \(litter)" }
    let logged = try MetricsLog.records(path: run.metricsPath)
    guard logged.map(\.step) == Array(1...Self.steps) else { return "logged: \(logged)" }
    return nil
  }
}
