import Autograd
import Compute
import Layers
import Testing

@testable import Models

@Suite struct RecurrentModelTests {
  private func model(
    _ cell: RecurrentConfiguration.Cell, embedding: Int? = nil, context: Int = 8
  ) -> RecurrentModel {
    var configuration = RecurrentConfiguration()
    (configuration.vocabularySize, configuration.context) = (13, context)
    (configuration.cell, configuration.hidden) = (cell, 21)
    configuration.embedding = embedding
    let model = RecurrentModel(configuration)
    model.initialize(seed: 5)
    return model
  }

  private func text(_ count: Int) -> [Int32] { (0..<count).map { Int32(($0 * $0 + $0 / 3) % 13) } }

  /// The loss of tokens that are read one by one from no state on, without the first `skipped`.
  private func nats(_ model: RecurrentModel, _ tokens: ArraySlice<Int32>, skipped: Int = 0)
    -> Double
  {
    let decoder = model.decoder(batch: 1)
    return zip(tokens, tokens.dropFirst()).enumerated().reduce(0) { sum, step in
      let logits = decoder.next([step.element.0])
      let loss = CrossEntropy(rows: 1, classes: 13)
        .losses(logits.pointer, targets: [step.element.1])[0]
      return step.offset < skipped ? sum : sum + Double(loss)
    }
  }

  @Test func namesAndSizes() {
    let lstm = model(.lstm), gru = model(.gru, embedding: 4)
    #expect(
      lstm.parameters.map(\.path) == [
        "rnn.0.weight_ih", "rnn.0.weight_hh", "rnn.0.bias_ih", "rnn.0.bias_hh",
        "rnn.1.weight_ih", "rnn.1.weight_hh", "rnn.1.bias_ih", "rnn.1.bias_hh", "head.weight",
        "head.bias",
      ])
    #expect(lstm.parameterCount == 84 * (13 + 21 + 2) + 84 * (42 + 2) + 13 * 22)
    #expect(gru.parameterCount == 13 * 4 + 63 * (4 + 21 + 2) + 63 * (42 + 2) + 13 * 22)
    let bias = lstm.parameters[2].value.values.elements
    #expect(abs(bias[21..<42].reduce(0, +) / 21 - 1) < 0.2)
    #expect(abs(bias[..<21].reduce(0, +) / 21) < 0.2)
  }

  /// One state through the whole text where it is short, and through each of several streams where not.
  @Test(arguments: RecurrentConfiguration.Cell.allCases)
  func theStateIsCarriedThroughWholeWindows(cell: RecurrentConfiguration.Cell) {
    let model = model(cell)
    for (count, streams) in [(2, 1), (200, 1), (300, 2), (400, 3)] {
      let tokens = text(count)
      let loss = model.heldOutLoss(tokens, overlapping: false)
      #expect(loss.count == count - 1)
      let length = (count - 1 + streams - 1) / streams
      let expected = stride(from: 0, to: count - 1, by: length).reduce(0) {
        $0 + nats(model, tokens[$1...min($1 + length, count - 1)])
      }
      #expect(abs(loss.nats - expected) <= 1e-4 * expected)
    }
  }

  @Test(arguments: RecurrentConfiguration.Cell.allCases)
  func overlappingWindowsBeginAnew(cell: RecurrentConfiguration.Cell) {
    let model = model(cell, embedding: 5)
    let tokens = text(100)
    let loss = model.heldOutLoss(tokens, overlapping: true)
    #expect(loss.count == 99)
    let expected = TextWindows(count: 100, context: 8, overlapping: true).all.reduce(0) {
      $0 + nats(model, tokens[$1.inputs.lowerBound...$1.inputs.upperBound], skipped: $1.skipped)
    }
    #expect(abs(loss.nats - expected) <= 1e-4 * expected)
  }

  /// Prompts in parts or whole, texts alone or beside others: the same bits.
  @Test(arguments: RecurrentConfiguration.Cell.allCases)
  func textsDoNotDependOnThoseBesideThem(cell: RecurrentConfiguration.Cell) {
    let model = model(cell)
    let prompt = text(19)
    let continuations: [[Int32]] = [[1, 2, 3, 4], [12, 0, 5, 5], [7, 7, 7, 7]]
    let together = model.decoder(batch: 3)
    var logits = [together.take(prompt).elements]
    for step in 0..<3 { logits.append(together.next(continuations.map { $0[step] }).elements) }
    // In the middle, all texts may take in the same again.
    logits.append(together.take([9, 8]).elements)
    for (text, continuation) in continuations.enumerated() {
      let alone = model.decoder(batch: 1)
      _ = alone.take(Array(prompt[..<5]))
      var results = [alone.take(Array(prompt[5...])).elements]
      for step in 0..<3 { results.append(alone.next([continuation[step]]).elements) }
      results.append(alone.take([9, 8]).elements)
      for (mine, all) in zip(results, logits) {
        #expect(
          mine.map(\.bitPattern) == all[text * 13..<(text + 1) * 13].map(\.bitPattern))
      }
    }
  }

  @Test func streamsFollowEachOther() throws {
    let tokens = (0..<100).map(Int32.init)
    let list = TextTokens(TokenList(tokens, vocabulary: 100))
    let streams = TextStreams(list, batch: 3, context: 10, seed: 1)
    #expect(streams.windows == 3)
    var starts: Set<Int32> = []
    for pass in 0..<8 {
      let windows = try (0..<3).map { try streams.window(step: pass * 3 + $0) }
      #expect(windows.map(\.isFirst) == [true, false, false])
      let first = windows[0].inputs[0]
      starts.insert(first)
      for (index, window) in windows.enumerated() {
        let expected = (0..<3).flatMap { stream in
          (0..<10).map { first + Int32(stream * 30 + index * 10 + $0) }
        }
        #expect(window.inputs == expected)
        #expect(window.targets == expected.map { $0 + 1 })
      }
    }
    #expect(starts.count > 3 && starts.allSatisfy { $0 < 10 })
    #expect(TextStreams(list, batch: 10, context: 10, seed: 1).windows == 0)
  }
}
