import Autograd
import Compute
import Foundation
import Layers
import Testing

@testable import Files
@testable import Models
@testable import Runs
@testable import Training

/// Small transformers beside PyTorch's, from the same weights and tokens
/// (Tests/Parity/transformer/make.py).
struct TransformerParityTests {
  private static let cases: [String: TransformerConfiguration] = [
    "nano": tiny(.learned, .layer, .gelu) { $0.tied = true },
    "gpt2": tiny(.learned, .layer, .geluTanh) { $0.bias = true },
    "modern": tiny(.rotary, .rms, .swiglu) { $0.hidden = 20 },
    "default": tiny(.rotary, .rms, .reluSquared) { $0.queryKeyNorm = true },
    "mixed": tiny(.learned, .layer, .reluSquared) {
      $0.queryKeyNorm = true
      $0.tied = true
      $0.bias = true
    },
  ]

  private static func tiny(
    _ positions: TransformerConfiguration.Positions, _ norm: TransformerConfiguration.Norm,
    _ activation: TransformerConfiguration.Activation,
    _ change: (inout TransformerConfiguration) -> Void
  ) -> TransformerConfiguration {
    var configuration = TransformerConfiguration()
    (configuration.layers, configuration.heads, configuration.width) = (2, 2, 12)
    (configuration.context, configuration.vocabularySize) = (8, 11)
    (configuration.positions, configuration.norm) = (positions, norm)
    configuration.activation = activation
    configuration.queryKeyNorm = false
    change(&configuration)
    return configuration
  }

  @Test(arguments: cases.keys.sorted()) func trainsAsPyTorch(_ name: String) throws {
    let configuration = try #require(Self.cases[name])
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = try SafetensorsFile(
      folder.appendingPathComponent("../../Parity/transformer/\(name).safetensors").standardized
        .path)
    let model = Transformer(configuration)
    model.initialize(seed: 0)
    var options = OptimizerOptions(learningRate: 1e-2, beta2: 0.99)
    options.weightDecay = 0.1
    options.maxGradientNorm = 1
    let optimizer = Optimizer(ParameterSlab.of(model), options)
    let slab = optimizer.slab
    try SlabArrays(slab).read(from: file, prefix: "model.")
    #expect(file.entries.count { $0.name.hasPrefix("model.") } == slab.entries.count)

    let batches = try Batches(file)
    let theirs = try file.values("losses").elements
    for step in 0..<batches.count {
      let loss = batches.gradients(of: slab, model, step)
      if step == 0 {
        for entry in slab.entries {
          let expected = try file.values("gradient.\(entry.path)").elements
          let found = entry.range.map { slab.gradients.base[$0] }
          let error = zip(found, expected).reduce(0) { $0 + pow(Double($1.0 - $1.1), 2) }
          let norm = expected.reduce(0) { $0 + pow(Double($1), 2) }
          #expect(error.squareRoot() <= 1e-5 * norm.squareRoot(), "\(entry.path)")
        }
      }
      optimizer.step()
      #expect(abs(loss - theirs[step]) <= 1e-4, "step \(step)")
    }
  }

  /// Windows of text, each with the token that follows it: [steps, batch, length + 1].
  private struct Batches {
    let count: Int
    private let batch: Int
    private let length: Int
    private let tokens: [Int32]

    init(_ file: SafetensorsFile) throws {
      let values = try file.values("tokens")
      (count, batch, length) = (values.shape[0], values.shape[1], values.shape[2])
      tokens = values.elements.map { Int32($0) }
    }

    /// The loss of a step; its gradients are in the slab.
    func gradients(of slab: ParameterSlab, _ model: Transformer, _ step: Int) -> Float {
      let rows = (0..<batch).map { row in
        tokens[(step * batch + row) * length..<(step * batch + row + 1) * length]
      }
      return valueAndGradients(of: slab) {
        model.loss(
          rows.flatMap { $0.dropLast() }, rows.flatMap { $0.dropFirst() }, batch: batch)
      }.value
    }
  }

  /// Takes the steps of `start.safetensors` in a folder with the settings of a recipe, but for dropout,
  /// and writes their losses: see Tests/Checks/nanogpt.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["GEN_CURVE"] != nil))
  func curve() throws {
    let environment = ProcessInfo.processInfo.environment
    let folder = try #require(environment["GEN_CURVE"])
    let recipe = try RecipeDocument(path: #require(environment["GEN_RECIPE"]))
      .recipe(as: TransformerRecipe.self)
    let file = try SafetensorsFile("\(folder)/start.safetensors")
    var configuration = recipe.model
    configuration.vocabularySize = try file.values("model.wte.weight").shape[0]
    configuration.dropout = 0
    let model = Transformer(configuration)
    model.initialize(seed: 0)
    let optimizer = Optimizer(
      ParameterSlab.of(model), recipe.optimizer, steps: recipe.loop.steps)
    try SlabArrays(optimizer.slab).read(from: file, prefix: "model.")
    let batches = try Batches(file)
    let losses = (0..<batches.count).map { step in
      let loss = batches.gradients(of: optimizer.slab, model, step)
      optimizer.step()
      return loss
    }
    try SystemFiles().writeSynced(Place("\(folder)/losses.safetensors")) {
      try $0.writeSafetensors([
        NamedArray("losses", [losses.count], losses)
      ])
    }
  }
}
