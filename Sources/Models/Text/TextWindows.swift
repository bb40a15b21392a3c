/// The windows in which a text is predicted: parts of the model's length, whose tokens are each to be
/// told from those before it in the window.
struct TextWindows {
  /// A window's place, and from which of its tokens on they count.
  struct Window: Equatable {
    /// The tokens that the model reads; what follows each is the next token.
    let inputs: Range<Int>
    /// How many of the first do not count.
    let skipped: Int
  }

  /// All windows, in the order of the text; together they count every token after the first once.
  let all: [Window]

  /// The windows of a text of `count` tokens.
  ///
  /// - Parameter overlapping: by half; then only the second half of a window counts, but of the first
  ///   window all.
  init(count: Int, context: Int, overlapping: Bool) {
    let stride = overlapping ? max(1, context / 2) : context
    var windows: [Window] = []
    var counted = 0
    while counted < count - 1 {
      let start = windows.isEmpty ? 0 : counted + stride - context
      let end = min(start + context, count - 1)
      windows.append(Window(inputs: start..<end, skipped: counted - start))
      counted = end
    }
    all = windows
  }

  /// Runs of at most `limit` windows of one length.
  func batches(of limit: Int) -> [ArraySlice<Window>] {
    var batches: [ArraySlice<Window>] = []
    var rest = all[...]
    while let first = rest.first {
      let batch = rest.prefix(limit).prefix { $0.inputs.count == first.inputs.count }
      batches.append(batch)
      rest = rest.dropFirst(batch.count)
    }
    return batches
  }
}
