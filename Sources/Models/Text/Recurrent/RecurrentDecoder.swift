import Autograd
import Compute
import Layers

/// Texts that a recurrent model writes: what it remembers of each is the state of its layers, whatever
/// the text's length.
final class RecurrentDecoder: TextDecoder {
  /// How many texts there are.
  let batch: Int
  private let model: RecurrentModel
  /// Of one text as long as all are alike, and then of each.
  private var state: [RecurrentState]

  /// Texts without any token.
  init(_ model: RecurrentModel, batch: Int) {
    precondition(batch > 0, "a decoder of \(batch) texts")
    (self.model, self.batch) = (model, batch)
    state = model.initialState(batch: 1)
  }

  /// How many texts the state is of.
  private var texts: Int { state[0].hidden.shape[0] }

  /// Takes in what all texts have alike, as many tokens at a time as the model learns from.
  func take(_ prompt: [Int32]) -> Values {
    precondition(!prompt.isEmpty, "a prompt of no tokens")
    var last: Tensor?
    for start in stride(from: 0, to: prompt.count, by: model.context) {
      let part = prompt[start..<min(start + model.context, prompt.count)]
      let (output, next) = model.hidden(
        Array(repeatElement(part, count: texts).joined()), from: state)
      last = slice(output, axis: 1, part.count - 1..<part.count)
      state = next
    }
    guard let last else { preconditionFailure("a prompt of no tokens") }
    return repeated(model.head(last).values.reshaped([texts, model.vocabularySize]))
  }

  /// Takes in a token for each text.
  func next(_ tokens: [Int32]) -> Values {
    precondition(tokens.count == batch, "\(tokens.count) tokens for \(batch) texts")
    if texts != batch {
      state = state.map {
        RecurrentState(hidden: repeated($0.hidden), cell: $0.cell.map(repeated))
      }
    }
    if let low = model.lowPrecision {
      let (logits, next) = model.step(tokens, from: state, low)
      state = next
      return logits
    }
    let (logits, next) = model(tokens, from: state)
    state = next
    return logits.values.reshaped([batch, model.vocabularySize])
  }

  /// The row of one text for each of them.
  private func repeated(_ rows: Values) -> Values {
    let (count, columns) = (rows.shape[0], rows.shape[1])
    guard count != batch else { return rows }
    return Values([batch, columns]) {
      for text in 0..<batch { ($0 + text * columns).update(from: rows.pointer, count: columns) }
    }
  }
}
