import Autograd
import Compute

extension LanguageModel {
  /// The loss of each target, given what comes out of the last layer before them: the first rows of
  /// `output` [..., width]. Logits are made of so many rows at a time as a large vocabulary allows.
  func losses(
    of targets: [Int32], after output: Tensor, logits: (Tensor) -> Tensor
  ) -> [Float] {
    let width = output.shape[output.shape.count - 1]
    let rows = reshape(output, to: [output.count / width, width])
    let limit = max(1, (1 << 22) / vocabularySize)
    return stride(from: 0, to: targets.count, by: limit).flatMap { start in
      let part = start..<min(start + limit, targets.count)
      let logits = logits(slice(rows, axis: 0, part)).values
      return CrossEntropy(rows: part.count, classes: vocabularySize)
        .losses(logits.pointer, targets: Array(targets[part]))
    }
  }
}

extension TextWindows {
  /// The loss of a text, of which all windows are read.
  ///
  /// - Parameters:
  ///   - limit: the most windows that are read side by side.
  ///   - losses: those of targets, given the inputs of so many windows.
  ///   - tell: is told how many of the windows are done.
  func loss(
    of tokens: TokenList, sideBySide limit: Int,
    _ losses: (_ inputs: [Int32], _ targets: [Int32], _ windows: Int) -> [Float],
    _ tell: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) -> TextLoss {
    var sum = TextLoss(nats: 0, count: 0)
    let batches = batches(of: limit)
    let all = batches.reduce(0) { $0 + $1.count }
    var done = 0
    for batch in MemoryPlan.parts(batches) {
      let inputs = batch.flatMap { tokens[$0.inputs] }
      let targets = batch.flatMap { tokens[$0.inputs.lowerBound + 1..<$0.inputs.upperBound + 1] }
      let losses = losses(inputs, targets, batch.count)
      var row = 0
      for window in batch {
        sum.add(losses[row + window.skipped..<row + window.inputs.count])
        row += window.inputs.count
      }
      done += batch.count
      tell(done, all)
    }
    return sum
  }
}

extension TextLoss {
  /// Adds another sum.
  mutating func add(_ other: TextLoss) {
    nats += other.nats
    squares += other.squares
    count += other.count
  }

  /// Adds the losses of more tokens.
  mutating func add(_ losses: some Collection<Float>) {
    nats += losses.reduce(0) { $0 + Double($1) }
    squares += losses.reduce(0) { $0 + Double($1) * Double($1) }
    count += losses.count
  }
}
