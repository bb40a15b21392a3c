import Compute
import Datasets

/// A text that is read in streams side by side, window after window, so that the state after a window is
/// that before the next one.
///
/// A pass begins at a random one of the first tokens, so that each pass cuts the text elsewhere.
struct TextStreams {
  private let tokens: TextTokens
  private let batch: Int
  private let context: Int
  private let random: RandomStream

  /// The text in `batch` streams, with windows of `context` tokens.
  init(_ tokens: TextTokens, batch: Int, context: Int, seed: UInt64) {
    (self.tokens, self.batch, self.context) = (tokens, batch, context)
    random = RandomStream(seed: seed, purpose: .window)
  }

  /// How many tokens a stream has.
  private var length: Int { max(0, tokens.count - context) / batch }

  /// How many windows a pass has; 0 where the text is too short.
  var windows: Int { length / context }

  /// What a step learns from.
  struct Window: Equatable {
    /// Whether a pass begins, with no state before it.
    let isFirst: Bool
    /// The tokens of all streams, one after the other.
    let inputs: [Int32]
    /// What follows each.
    let targets: [Int32]
  }

  /// The window of a step, the first being 0.
  /// - Throws: `DatasetError` if the text cannot be read any more.
  func window(step: Int) throws(DatasetError) -> Window {
    let (pass, window) = step.quotientAndRemainder(dividingBy: windows)
    let start = Int(random.integers(below: context, count: 1, step: pass)[0]) + window * context
    var (inputs, targets) = ([Int32](), [Int32]())
    for stream in 0..<batch {
      let first = start + stream * length
      let tokens = try tokens[first..<first + context + 1]
      inputs += tokens.dropLast()
      targets += tokens.dropFirst()
    }
    return Window(isFirst: window == 0, inputs: inputs, targets: targets)
  }
}
