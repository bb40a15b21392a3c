import Autograd
import Compute
import Layers

extension RecurrentModel {
  /// The most texts that are read side by side.
  private static let streams = 64
  /// The fewest windows of a stream, which begins with no state and so knows less at first.
  private static let windowsPerStream = 16
  /// How many logits are computed at a time.
  private static let logitsAtATime = 1 << 22

  /// How well the model foretells a text that it has not learned from.
  ///
  /// Whole windows: a long text is cut into up to 64 streams, through each of which the state is carried
  /// from the stream's beginning on, window after window. Overlapping windows begin with no state.
  public func heldOutLoss(_ tokens: [Int32], overlapping: Bool) -> TextLoss {
    overlapping ? overlappingLoss(tokens) : carriedLoss(tokens)
  }

  private func carriedLoss(_ tokens: [Int32]) -> TextLoss {
    let count = tokens.count - 1
    guard count > 0 else { return TextLoss(nats: 0, count: 0) }
    let most = min(Self.streams, max(1, count / (Self.windowsPerStream * context)))
    let length = (count + most - 1) / most
    let streams = stride(from: 0, to: count, by: length)
      .map { tokens[$0...min($0 + length, count)] }
    var state = initialState(batch: streams.count)
    var sum = TextLoss(nats: 0, count: 0)
    for start in stride(from: 0, to: length, by: context) {
      let steps = min(context, length - start)
      // The last stream may end earlier than the others; what fills it up does not count.
      let parts = streams.map { $0.dropFirst(start).prefix(steps + 1) }
      let inputs = parts.flatMap { part in
        part.prefix(steps) + repeatElement(0, count: steps - min(steps, part.count))
      }
      let targets = parts.flatMap { $0.dropFirst() }
      let (output, next) = hidden(inputs, from: state)
      sum.add(nats(of: targets, after: output))
      state = next
    }
    return sum
  }

  private func overlappingLoss(_ tokens: [Int32]) -> TextLoss {
    let windows = TextWindows(count: tokens.count, context: context, overlapping: true)
    var sum = TextLoss(nats: 0, count: 0)
    for batch in windows.batches(of: Self.streams) {
      let inputs = batch.flatMap { tokens[$0.inputs] }
      let targets = batch.flatMap { tokens[$0.inputs.lowerBound + 1..<$0.inputs.upperBound + 1] }
      let output = hidden(inputs, from: initialState(batch: batch.count)).output
      let losses = nats(of: targets, after: output)
      var row = 0
      for window in batch {
        sum.add(losses[row + window.skipped..<row + window.inputs.count])
        row += window.inputs.count
      }
    }
    return sum
  }

  /// The loss of each target, given what comes out of the last layer before them: the first rows of
  /// `output`.
  private func nats(of targets: [Int32], after output: Tensor) -> [Float] {
    let width = configuration.hidden
    let rows = reshape(output, to: [output.count / width, width])
    let limit = max(1, Self.logitsAtATime / vocabularySize)
    return stride(from: 0, to: targets.count, by: limit).flatMap { start in
      let part = start..<min(start + limit, targets.count)
      let logits = head(slice(rows, axis: 0, part)).values
      return CrossEntropy(rows: part.count, classes: vocabularySize)
        .losses(logits.pointer, targets: Array(targets[part]))
    }
  }
}

extension TextLoss {
  /// Adds the losses of more tokens.
  fileprivate mutating func add(_ losses: some Collection<Float>) {
    nats += losses.reduce(0) { $0 + Double($1) }
    count += losses.count
  }
}
