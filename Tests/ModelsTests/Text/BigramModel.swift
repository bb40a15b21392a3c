import Compute
import Layers

@testable import Models

/// A language model of a table: the logits after each token, [tokens, tokens], which shift as a text
/// grows.
struct BigramModel: LanguageModel {
  let table: Parameter
  let context = 8

  /// A model of those logits.
  init(_ logits: [[Float]]) {
    table = Parameter([logits.count, logits.count], .constant(0))
    table.update { $0.update(from: logits.flatMap { $0 }, count: logits.count * logits.count) }
  }

  /// A model of arbitrary logits.
  init(tokens: Int) {
    self.init(
      (0..<tokens).map { row in
        (0..<tokens).map { Float((row * 7919 + $0 * 104_729 + 17) % 101) / 20 }
      })
  }

  var vocabularySize: Int { table.shape[0] }

  func heldOutLoss(
    _ tokens: TokenList, overlapping: Bool, _ tell: (_ done: Int, _ count: Int) -> Void
  ) -> TextLoss { TextLoss(nats: 0, count: 0) }

  func rounded(to precision: WeightPrecision) -> BigramModel { self }

  func decoder(batch: Int) -> any TextDecoder { Decoder(self, batch: batch) }

  private final class Decoder: TextDecoder {
    private let model: BigramModel
    let batch: Int
    private var taken = 0

    init(_ model: BigramModel, batch: Int) { (self.model, self.batch) = (model, batch) }

    func take(_ prompt: [Int32]) -> Values {
      taken += prompt.count - 1
      return next(Array(repeating: prompt[prompt.count - 1], count: batch))
    }

    func next(_ tokens: [Int32]) -> Values {
      taken += 1
      let (size, table) = (model.vocabularySize, model.table.values.elements)
      return Values(
        [batch, size],
        tokens.flatMap { token in
          (0..<size).map { column in
            table[Int(token) * size + column] + Float((taken * 31 + column * 17) % 7) / 10
          }
        })
    }
  }
}
