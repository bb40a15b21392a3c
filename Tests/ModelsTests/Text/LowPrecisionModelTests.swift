import Compute
import Foundation
import Layers
import Runs
import Testing

@testable import Models

/// Text models whose matrices are in low precision.
@Suite struct LowPrecisionModelTests {
  static let formats = [WeightPrecision.bfloat16, .int8]

  static let transformers: [TransformerConfiguration] = [
    transformer(),
    transformer {
      ($0.positions, $0.norm, $0.activation) = (.learned, .layer, .gelu)
      ($0.queryKeyNorm, $0.tied, $0.bias) = (false, true, true)
    },
    transformer { ($0.activation, $0.hidden) = (.swiglu, 800) },
    transformer { ($0.width, $0.queryKeyNorm) = (4, false) },
  ]

  private static func transformer(
    _ change: (inout TransformerConfiguration) -> Void = { _ in }
  ) -> TransformerConfiguration {
    var configuration = TransformerConfiguration()
    (configuration.layers, configuration.heads, configuration.width) = (2, 2, 16)
    (configuration.context, configuration.vocabularySize) = (10, 7)
    configuration.zeroProjections = false
    change(&configuration)
    return configuration
  }

  static let recurrences: [RecurrentConfiguration] = RecurrentConfiguration.Cell.allCases.flatMap {
    cell in
    [nil, 20].map { embedding in
      var configuration = RecurrentConfiguration()
      (configuration.vocabularySize, configuration.context) = (13, 8)
      (configuration.cell, configuration.hidden) = (cell, 21)
      configuration.embedding = embedding
      return configuration
    }
  }

  /// What a decoder says after each of some tokens.
  private func logits(_ model: some LanguageModel, batch: Int) -> [[Float]] {
    let decoder = model.decoder(batch: batch)
    let start = decoder.take([1, 4, 2])
    return [start.elements]
      + (0..<12).map { step in
        decoder.next((0..<batch).map { Int32((3 * $0 + step * step) % 7) }).elements
      }
  }

  /// The same bits as floats that are rounded as the matrices are, whatever the batch.
  private func check(
    _ model: some LanguageModel, _ precision: WeightPrecision, vocabulary: Int
  ) {
    let whole = logits(model, batch: 1)
    let rounded = model.rounded(to: precision)
    let low = logits(rounded, batch: 1)
    // The parameters are shared: read as floats, they are what the matrices hold.
    #expect(logits(model, batch: 1) == low)
    #expect(low != whole)
    let most = whole.flatMap { $0 }.map(\.magnitude).max() ?? 0
    for (a, b) in zip(whole.flatMap { $0 }, low.flatMap { $0 }) {
      #expect(abs(a - b) <= 0.05 * max(most, 0.1))
    }
    let many = logits(rounded, batch: 11)
    #expect(many.map { Array($0[..<vocabulary]) } == low)
    #expect(rounded.weightBytes != model.weightBytes)
  }

  @Test(arguments: transformers, formats)
  func aTransformerReadsWhatItsFloatsAre(
    _ configuration: TransformerConfiguration, _ precision: WeightPrecision
  ) {
    let model = Transformer(configuration)
    model.initialize(seed: 4)
    check(model, precision, vocabulary: 7)
  }

  @Test(arguments: recurrences, formats)
  func aRecurrentModelReadsWhatItsFloatsAre(
    _ configuration: RecurrentConfiguration, _ precision: WeightPrecision
  ) {
    let model = RecurrentModel(configuration)
    model.initialize(seed: 5)
    check(model, precision, vocabulary: 13)
  }

  /// Genesis 1, of which the bundled model's weights say how likely it is.
  private static let text = """
    In the beginning God created the heaven and the earth. And the earth was without form, and void; and
    darkness was upon the face of the deep. And the Spirit of God moved upon the face of the waters. And God
    said, Let there be light: and there was light. And God saw the light, that it was good: and God divided the
    light from the darkness. And God called the light Day, and the darkness he called Night. And the evening and
    the morning were the first day. And God said, Let there be a firmament in the midst of the waters, and let
    it divide the waters from the waters. And God made the firmament, and divided the waters which were under
    the firmament from the waters which were above the firmament: and it was so. And God called the firmament
    Heaven. And the evening and the morning were the second day.
    """

  @Test(arguments: [(WeightPrecision.bfloat16, 0.002), (.int8, 0.01)])
  func theBundledModelIsNearlyAsGood(_ precision: WeightPrecision, most: Double) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../samples/pretrained/transformer-kjv").standardized.path
    let trained = try TrainedText(RunFolder(path: folder))
    let tokens = try trained.tokenizer.encode(Self.text, unknown: .skip)
    let whole = trained.model.heldOutLoss(tokens, overlapping: false).mean
    let rounded = trained.rounded(to: precision)
    #expect(rounded.precision == precision)
    #expect(rounded.model.heldOutLoss(tokens, overlapping: false).mean - whole <= most)
    #expect(rounded.model.weightBytes < trained.model.weightBytes)
  }

  @Test func float32IsTheModelItself() {
    let model = Transformer(Self.transformers[0])
    model.initialize(seed: 4)
    let whole = logits(model, batch: 1)
    #expect(logits(model.rounded(to: .float32), batch: 1) == whole)
    #expect(model.rounded(to: .float32).weightBytes == 4 * model.parameterCount)
  }
}
