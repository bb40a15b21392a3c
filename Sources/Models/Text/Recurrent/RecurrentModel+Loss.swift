extension RecurrentModel {
  /// The most texts that are read side by side.
  private static let streams = 64
  /// The fewest windows of a stream, which begins with no state and so knows less at first.
  private static let windowsPerStream = 16

  /// How well the model predicts a text that it has not learned from.
  ///
  /// Whole windows: a long text is cut into up to 64 streams, through each of which the state is carried
  /// from the stream's beginning on, window after window. Overlapping windows begin with no state.
  public func heldOutLoss(
    _ tokens: TokenList, overlapping: Bool, _ tell: (_ done: Int, _ count: Int) -> Void
  ) -> TextLoss {
    overlapping ? overlappingLoss(tokens, tell) : carriedLoss(tokens, tell)
  }

  private func carriedLoss(
    _ tokens: TokenList, _ tell: (_ done: Int, _ count: Int) -> Void
  ) -> TextLoss {
    let count = tokens.count - 1
    guard count > 0 else { return TextLoss(nats: 0, count: 0) }
    let most = min(Self.streams, max(1, count / (Self.windowsPerStream * context)))
    let length = (count + most - 1) / most
    let streams = stride(from: 0, to: count, by: length)
      .map { $0..<min($0 + length, count) + 1 }
    var state = initialState(batch: streams.count)
    var sum = TextLoss(nats: 0, count: 0)
    for start in stride(from: 0, to: length, by: context) {
      let steps = min(context, length - start)
      // The last stream may end earlier than the others; what fills it up does not count.
      let parts = streams.map { tokens[$0.dropFirst(start).prefix(steps + 1)] }
      let inputs = parts.flatMap { part in
        part.prefix(steps) + repeatElement(0, count: steps - min(steps, part.count))
      }
      let targets = parts.flatMap { $0.dropFirst() }
      let (output, next) = hidden(inputs, from: state)
      sum.add(losses(of: targets, after: output) { head($0) })
      state = next
      tell(start / context + 1, (length + context - 1) / context)
    }
    return sum
  }

  private func overlappingLoss(
    _ tokens: TokenList, _ tell: (_ done: Int, _ count: Int) -> Void
  ) -> TextLoss {
    TextWindows(count: tokens.count, context: context, overlapping: true)
      .loss(
        of: tokens, sideBySide: Self.streams,
        {
          losses(
            of: $1, after: hidden($0, from: initialState(batch: $2)).output,
            logits: { head($0) })
        }, tell)
  }
}
