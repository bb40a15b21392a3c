import Autograd
import Compute
import Foundation
import Layers
import Testing

@testable import Benchmark
@testable import Models
@testable import Training

struct TransformerTests {
  private static func configuration(
    _ change: (inout TransformerConfiguration) -> Void = { _ in }
  ) -> TransformerConfiguration {
    var configuration = TransformerConfiguration()
    (configuration.layers, configuration.heads, configuration.width) = (2, 2, 16)
    (configuration.context, configuration.vocabularySize) = (10, 7)
    configuration.zeroProjections = false
    change(&configuration)
    return configuration
  }

  private static func model(_ configuration: TransformerConfiguration) -> Transformer {
    let model = Transformer(configuration)
    model.initialize(seed: 4)
    // Weights that are large enough for tokens to matter.
    for named in model.parameters where named.value.shape.count == 2 {
      let (values, count) = (named.value.values, named.value.count)
      named.value.update { base in
        for i in 0..<count { base[i] = 12 * values.pointer[i] }
      }
    }
    return model
  }

  private static let variants: [TransformerConfiguration] = [
    configuration(),
    configuration {
      ($0.positions, $0.norm, $0.activation) = (.learned, .layer, .gelu)
      ($0.queryKeyNorm, $0.tied, $0.bias) = (false, true, true)
    },
    // More hidden channels than a product sums at a time.
    configuration {
      ($0.norm, $0.activation, $0.hidden) = (.layer, .geluTanh, 800)
      ($0.queryKeyNorm, $0.bias) = (false, true)
    },
    configuration { ($0.activation, $0.positions) = (.swiglu, .learned) },
    configuration { ($0.width, $0.queryKeyNorm) = (4, false) },
  ]

  private func tokens(_ count: Int, _ salt: Int = 0) -> [Int32] {
    (0..<count).map { Int32(($0 * $0 + 3 * salt + $0 / 3) % 7) }
  }

  @Test(arguments: variants) func aCacheChangesNothing(
    _ configuration: TransformerConfiguration
  ) {
    let model = Self.model(configuration)
    let text = tokens(10)
    let whole = model(text).values.elements
    let decoder = model.decoder(batch: 1)
    var told = decoder.take(Array(text[..<4])).elements
    for place in 4...10 {
      let expected = whole[(place - 1) * 7..<place * 7]
      for (a, b) in zip(told, expected) { #expect(abs(a - b) <= 1e-4 * max(1, abs(b))) }
      if place < 10 { told = decoder.next([text[place]]).elements }
    }
  }

  @Test(arguments: variants) func pastTheContextTheSecondHalfIsKept(
    _ configuration: TransformerConfiguration
  ) {
    let model = Self.model(configuration)
    let text = tokens(14)
    // The eleventh token does not fit: with it, the last five are read anew.
    let anew = model.decoder(batch: 1)
    _ = anew.take(Array(text[6..<11]))
    for token in text[11..<13] { _ = anew.next([token]) }
    let again = model.decoder(batch: 1)
    _ = again.take(Array(text[..<10]))
    for token in text[10..<13] { _ = again.next([token]) }
    #expect(again.next([text[13]]).elements == anew.next([text[13]]).elements)
    // Of a prompt that is too long, the last part is read.
    let long = model.decoder(batch: 1)
    let short = model.decoder(batch: 1)
    #expect(long.take(text).elements == short.take(Array(text.suffix(10))).elements)
  }

  @Test(arguments: variants) func textsSideBySideAreAsAlone(
    _ configuration: TransformerConfiguration
  ) {
    let model = Self.model(configuration)
    let together = model.decoder(batch: 20)
    let alone = (0..<20).map { _ in model.decoder(batch: 1) }
    let prompt = tokens(3)
    let start = together.take(prompt).elements
    for (row, decoder) in alone.enumerated() {
      #expect(decoder.take(prompt).elements == Array(start[row * 7..<row * 7 + 7]))
    }
    for step in 0..<12 {
      let next = (0..<20).map { Int32(($0 + step * step) % 7) }
      let told = together.next(next).elements
      for (row, decoder) in alone.enumerated() {
        #expect(decoder.next([next[row]]).elements == Array(told[row * 7..<row * 7 + 7]))
      }
    }
  }

  @Test func everyTokenIsForetoldOnce() {
    let model = Self.model(Self.variants[0])
    let text = tokens(64)
    let whole = model.heldOutLoss(text, overlapping: false)
    let overlapping = model.heldOutLoss(text, overlapping: true)
    #expect(whole.count == 63 && overlapping.count == 63)
    // Window by window, token by token.
    var nats = 0.0
    for start in stride(from: 0, to: 63, by: 10) {
      let end = min(start + 10, 63)
      let logits = model(Array(text[start..<end])).values.elements
      for place in start..<end {
        let row = logits[(place - start) * 7..<(place - start + 1) * 7].map(Double.init)
        nats += log(row.reduce(0) { $0 + exp($1) }) - row[Int(text[place + 1])]
      }
    }
    #expect(abs(whole.nats - nats) <= 1e-4 * nats)
    #expect(overlapping.nats != whole.nats)
  }

  @Test func windowsOverlapByHalf() {
    let windows = TextWindows(count: 24, context: 8, overlapping: true).all
    #expect(windows.map(\.inputs) == [0..<8, 4..<12, 8..<16, 12..<20, 16..<23])
    #expect(windows.map(\.skipped) == [0, 4, 4, 4, 4])
    let whole = TextWindows(count: 24, context: 8, overlapping: false)
    #expect(whole.all.map(\.inputs) == [0..<8, 8..<16, 16..<23])
    #expect(whole.batches(of: 5).map(\.count) == [2, 1])
  }

  @Test func theSizesOfNanoGPT() {
    let cpu = ModelBenchmark.gpt(layers: 4, heads: 4, width: 128, context: 64)
    #expect(Transformer(cpu).parameterCount == 795_904 + 8_192)
    let baby = ModelBenchmark.gpt(layers: 6, heads: 6, width: 384, context: 256)
    #expect(Transformer(baby).parameterCount == 10_646_784 + 98_304)
  }

  /// Runs in a process of its own, since the pool belongs to the whole program.
  @Test func aWarmStepTakesNothingNewFromThePool() async {
    await #expect(processExitsWith: .success) {
      for activation in [TransformerConfiguration.Activation.reluSquared, .swiglu] {
        let configuration = TransformerTests.configuration {
          $0.activation = activation
          $0.dropout = 0.1
        }
        var options = OptimizerOptions(learningRate: 1e-3)
        options.method = .muon
        options.maxGradientNorm = 1
        let learner = Learner(options, emaDecay: 0.9, steps: 6, seed: 0) {
          Transformer(configuration)
        }
        let tokens = (0..<50).map { Int32($0 % 7) }
        var allocations: [Int] = []
        for step in 0..<6 {
          let report = try learner.step(parts: 2, mode: .training(seed: 1, step: step)) { _ in
            learner.model.loss(tokens, tokens, batch: 5)
          }
          precondition(report.loss.isFinite)
          allocations.append(StoragePool.shared.allocations)
        }
        precondition(Set(allocations[2...]).count == 1, "blocks by step: \(allocations)")
      }
    }
  }
}
