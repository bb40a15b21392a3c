import Autograd
import Compute
import Foundation
import Layers
import TestSupport
import Testing

@testable import Files
@testable import Models
@testable import Runs
@testable import Training

@Suite struct RecurrentTrainerTests {
  private let folder = TemporaryFolder()

  /// Small, on the squares modulo 7, where what follows a number depends on the one before it.
  private func recipe(
    _ cell: RecurrentConfiguration.Cell = .lstm, characters: Int = 3000
  ) throws -> RecurrentRecipe {
    let text = (0..<characters).map { "\($0 * $0 % 7)" }
    let path = folder("text.txt")
    try text.joined().write(toFile: path, atomically: false, encoding: .utf8)
    var recipe = RecurrentRecipe()
    recipe.data.source = path
    (recipe.model.cell, recipe.model.hidden, recipe.model.context) = (cell, 16, 12)
    recipe.batch = 10
    recipe.optimizer.learningRate = 0.02
    recipe.optimizer.schedule.warmupSteps = 0
    recipe.loop.steps = 40
    return recipe
  }

  /// The model's numbers and the carried state, as a checkpoint has them.
  private func checkpoint(_ trainer: RecurrentTrainer) throws -> Checkpoint {
    try CheckpointStore(Place(folder(UUID().uuidString))).write(
      step: trainer.stepsDone, files: trainer.checkpointFiles(), state: ["seed": 0])
  }

  @Test(arguments: RecurrentConfiguration.Cell.allCases)
  func itLearns(cell: RecurrentConfiguration.Cell) throws {
    var recipe = try recipe(cell)
    recipe.loop.steps = 50
    let data = try recipe.openData(skipBroken: false)
    #expect(recipe.vocabularySize == 4)
    let trainer = recipe.trainer(data)
    let first = try trainer.step()[0].value
    #expect(abs(first - log(4)) < 0.3)
    for _ in 1..<50 { _ = try trainer.step() }
    #expect(try trainer.evaluate()[0].value < 0.4)
  }

  @Test func aResumedTrainingIsTheSame() throws {
    var recipe = try recipe()
    let data = try recipe.openData(skipBroken: false)
    let (whole, first) = (recipe.trainer(data), recipe.trainer(data))
    for _ in 0..<20 { _ = try whole.step() }
    for _ in 0..<10 { _ = try first.step() }
    let second = recipe.trainer(data)
    try second.restore(checkpoint(first))
    for _ in 0..<10 { _ = try second.step() }
    let (a, b) = (try checkpoint(whole), try checkpoint(second))
    for name in ["model", "ema", "optimizer", "state"] {
      let bytes = try [a, b].map {
        try Data(contentsOf: URL(filePath: $0.file("\(name).safetensors")))
      }
      #expect(bytes[0] == bytes[1], "\(name)")
    }
  }

  @Test func aTextMustBeLongEnoughForTheStreams() throws {
    var recipe = try recipe(characters: 400)
    recipe.batch = 100
    let error = #expect(throws: RecipeProblem.self) {
      try recipe.openData(skipBroken: false)
    }
    #expect(error?.key == "batch" && error?.message.contains("enough for 29 streams") == true)
    recipe.batch = 29
    _ = try recipe.openData(skipBroken: false)
    recipe.optimizer.method = .muon
    #expect(throws: RecipeProblem.self) { try recipe.check() }
  }

  /// Runs in a process of its own, since the pool belongs to the whole program.
  @Test func aWarmStepTakesNothingNewFromThePool() async {
    await #expect(processExitsWith: .success) {
      for cell in RecurrentConfiguration.Cell.allCases {
        var configuration = RecurrentConfiguration()
        (configuration.vocabularySize, configuration.context) = (11, 9)
        (configuration.cell, configuration.hidden) = (cell, 20)
        let learner = Learner(
          OptimizerOptions(learningRate: 1e-3), emaDecay: 0.9, steps: 6, seed: 0
        ) { RecurrentModel(configuration) }
        var state = learner.model.initialState(batch: 13)
        let tokens = (0..<117).map { Int32($0 % 11) }
        var allocations: [Int] = []
        for step in 0..<6 {
          let report = try learner.step(mode: .training(seed: 1, step: step)) { _ in
            let (logits, next) = learner.model(tokens, from: state)
            state = next
            return crossEntropy(logits, tokens)
          }
          precondition(report.loss.isFinite)
          allocations.append(StoragePool.shared.allocations)
        }
        precondition(Set(allocations[2...]).count == 1, "blocks by step: \(allocations)")
      }
    }
  }
}
