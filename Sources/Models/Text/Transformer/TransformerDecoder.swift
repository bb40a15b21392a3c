import Autograd
import Compute

/// Texts that a transformer writes, with the keys and values of all their tokens kept, so that each
/// further token costs one row of every product.
///
/// When a text is as long as the model sees, the second half of it is read anew, at places from the
/// first on, and writing goes on behind it.
final class TransformerDecoder: TextDecoder {
  /// How many texts there are.
  let batch: Int
  private let model: Transformer
  /// The tokens of each text that are in the caches.
  private var texts: [[Int32]]
  private var caches: [KeyValueCache]
  private let step: TransformerStep

  /// Texts without any token.
  init(_ model: Transformer, batch: Int) {
    precondition(batch > 0, "a decoder of \(batch) texts")
    (self.model, self.batch) = (model, batch)
    step = TransformerStep(model, batch: batch)
    texts = Array(repeating: [], count: batch)
    caches = model.h.map { _ in
      KeyValueCache(batch: batch, capacity: model.context, channels: model.configuration.width)
    }
  }

  /// Takes in what all texts have alike; of more than the model sees, the last part.
  func take(_ prompt: [Int32]) -> Values {
    precondition(!prompt.isEmpty, "a prompt of no tokens")
    return advance(Array(repeating: prompt, count: batch))
  }

  /// Takes in a token for each text.
  func next(_ tokens: [Int32]) -> Values {
    precondition(tokens.count == batch, "\(tokens.count) tokens for \(batch) texts")
    let place = texts[0].count
    guard place < model.context else { return advance(tokens.map { [$0] }) }
    for text in texts.indices { texts[text].append(tokens[text]) }
    return step.logits(after: tokens, at: place, caches)
  }

  /// Takes in as many tokens for each text.
  private func advance(_ tokens: [[Int32]]) -> Values {
    let (context, read) = (model.context, texts[0].count)
    for text in texts.indices { texts[text] += tokens[text] }
    var (new, first) = (tokens, read)
    if texts[0].count > context {
      let kept = read == 0 ? context : max(1, context / 2)
      for text in texts.indices { texts[text].removeFirst(texts[text].count - kept) }
      for cache in caches { cache.removeAll() }
      (new, first) = (texts, 0)
    }
    let hidden = model.hidden(new.flatMap { $0 }, batch: batch, first: first) { layer, qkv in
      let placed = model.placed(qkv, first: first).values
      let mixed = caches[layer].attend(qkv: placed, heads: model.configuration.heads)
      Profile.lap("cachedAttention")
      return Tensor(constant: mixed)
    }
    // Only what follows the last token is asked for.
    let count = new[0].count
    let last = count == 1 ? hidden : slice(hidden, axis: 1, count - 1..<count)
    return model.logits(last).values.reshaped([batch, model.vocabularySize])
  }
}
