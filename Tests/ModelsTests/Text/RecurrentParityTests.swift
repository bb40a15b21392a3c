import Autograd
import Compute
import Foundation
import Layers
import Testing

@testable import Models
@testable import Runs
@testable import Training

/// Training steps of small language models beside PyTorch's, from the same weights, tokens and carried
/// states (Tests/Parity/recurrent/make.py).
@Suite struct RecurrentParityTests {
  private let file: SafetensorsFile
  private let tokens: [Int32]

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    file = try SafetensorsFile(
      folder.appending(path: "../../Parity/recurrent/steps.safetensors").standardized.path)
    tokens = try file.values("tokens").elements.map { Int32($0) }
  }

  private func learner(
    _ cell: RecurrentConfiguration.Cell
  ) throws -> Learner<RecurrentModel> {
    var configuration = RecurrentConfiguration()
    (configuration.vocabularySize, configuration.context) = (11, 7)
    (configuration.cell, configuration.hidden) = (cell, 20)
    (configuration.dropout, configuration.forgetBias) = (0, 0)
    if cell == .gru { configuration.embedding = 6 }
    var options = OptimizerOptions(learningRate: 1e-2)
    options.maxGradientNorm = 0.2
    let learner = Learner(options, emaDecay: 0, steps: 10, seed: 0) {
      RecurrentModel(configuration)
    }
    try learner.arrays.read(from: file, prefix: "\(cell.rawValue).model.")
    return learner
  }

  /// One step on the next window of five streams; `state` is carried on.
  private func step(
    _ step: Int, _ learner: Learner<RecurrentModel>, _ state: inout [RecurrentState]
  ) throws -> Learner<RecurrentModel>.Report {
    let starts = (0..<5).map { $0 * 70 + step * 7 }
    let inputs = starts.flatMap { tokens[$0..<$0 + 7] }
    let targets = starts.flatMap { tokens[$0 + 1..<$0 + 8] }
    return try learner.step(mode: .training(seed: 0, step: step)) { _ in
      let (logits, next) = learner.model(inputs, from: state)
      state = next
      return crossEntropy(logits, targets)
    }
  }

  @Test(arguments: RecurrentConfiguration.Cell.allCases)
  func gradientsOfTheFirstStep(cell: RecurrentConfiguration.Cell) throws {
    let learner = try learner(cell)
    var state = learner.model.initialState(batch: 5)
    _ = try step(0, learner, &state)
    for entry in learner.slab.entries {
      let theirs = try file.values("\(cell.rawValue).gradient.\(entry.path)")
      try #require(theirs.shape == entry.shape, "\(entry.path)")
      let distance = Self.norm(
        zip(entry.range, theirs.elements).map {
          Double(learner.slab.gradients.base[$0]) - Double($1)
        })
      #expect(distance <= 1e-5 * Self.norm(theirs.elements.map(Double.init)), "\(entry.path)")
    }
  }

  @Test(arguments: RecurrentConfiguration.Cell.allCases)
  func tenSteps(cell: RecurrentConfiguration.Cell) throws {
    let learner = try learner(cell)
    let losses = try file.values("\(cell.rawValue).losses").elements
    let norms = try file.values("\(cell.rawValue).norms").elements
    var state = learner.model.initialState(batch: 5)
    for index in 0..<10 {
      let report = try step(index, learner, &state)
      #expect(abs(report.loss - losses[index]) <= 1e-4, "step \(index)")
      let norm = Float(report.gradientNorm)
      #expect(abs(norm - norms[index]) <= 1e-3 * norms[index], "step \(index)")
    }
    // As one stream, the text is read as PyTorch has read it.
    let decoder = learner.model.decoder(batch: 1)
    var nats = 0.0
    for (token, target) in zip(tokens, tokens.dropFirst()) {
      let logits = decoder.next([token])
      nats += Double(
        CrossEntropy(rows: 1, classes: 11).losses(logits.pointer, targets: [target])[0])
    }
    let theirs = try file.values("\(cell.rawValue).heldOut").elements[0]
    #expect(abs(nats / 350 - Double(theirs)) <= 1e-4)
  }

  private static func norm(_ elements: [Double]) -> Double {
    elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
