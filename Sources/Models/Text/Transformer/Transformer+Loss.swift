extension Transformer {
  /// How many tokens are read at a time.
  private static let tokensAtATime = 8192

  /// How well the model predicts a text that it has not learned from.
  public func heldOutLoss(_ tokens: [Int32], overlapping: Bool) -> TextLoss {
    TextWindows(count: tokens.count, context: context, overlapping: overlapping)
      .loss(of: tokens, sideBySide: max(1, Self.tokensAtATime / context)) {
        losses(of: $1, after: hidden($0, batch: $2), logits: logits)
      }
  }
}
