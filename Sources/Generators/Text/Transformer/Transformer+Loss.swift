import Autograd
import Compute

extension Transformer {
  /// How many tokens are read at a time.
  private static let tokensAtATime = 8192

  /// How well the model foretells a text that it has not learned from.
  public func heldOutLoss(_ tokens: [Int32], overlapping: Bool) -> TextLoss {
    let windows = TextWindows(count: tokens.count, context: context, overlapping: overlapping)
    var sum = TextLoss(nats: 0, count: 0)
    for batch in windows.batches(of: max(1, Self.tokensAtATime / context)) {
      let inputs = batch.flatMap { tokens[$0.inputs] }
      let targets = batch.flatMap { tokens[$0.inputs.lowerBound + 1..<$0.inputs.upperBound + 1] }
      let logits = self(inputs, batch: batch.count).values
      let losses = CrossEntropy(rows: targets.count, classes: vocabularySize)
        .losses(logits.pointer, targets: targets)
      var row = 0
      for window in batch {
        let counted = row + window.skipped..<row + window.inputs.count
        sum.nats += losses[counted].reduce(0) { $0 + Double($1) }
        sum.count += counted.count
        row += window.inputs.count
      }
    }
    return sum
  }
}
