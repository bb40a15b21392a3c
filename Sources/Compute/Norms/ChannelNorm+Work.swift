extension ChannelNorm {
  /// Counts a forward pass: the mean (1) and the variance (3), scale and shift, the activation.
  func countForward(_ parameters: Parameters, withStatistics: Bool) {
    count(operations: withStatistics ? 6 : 2, arrays: 2, parameters, parameterArrays: 2)
  }

  /// Counts a backward pass: with u before the activation, du = f'(u) dy, the sums of du and
  /// du (x - mean), and for dx scale du + slope x + offset.
  func countBackward(_ parameters: Parameters, writesInput: Bool, accumulate: Bool) {
    let slopes = activation == .identity ? 0 : 3
    count(
      operations: slopes + (writesInput ? 8 : 4), arrays: writesInput ? 3 : 2, parameters,
      parameterArrays: 4, accumulate: accumulate)
  }

  /// The arithmetic of an element, and the arrays like x, the learned ones and the samples' own.
  private func count(
    operations: Int, arrays: Int, _ parameters: Parameters, parameterArrays: Int,
    accumulate: Bool = false
  ) {
    Work.add(
      elements: samples * rows * channels,
      operations: operations + (activation == .identity ? 0 : 1), arrays: arrays,
      accumulate: accumulate)
    let condition = parameters.condition
    let own = (condition.shift == nil ? 0 : 1) + (condition.modulation == nil ? 0 : 2)
    Work.add(elements: channels, operations: 0, arrays: parameterArrays + samples * own)
    Work.add(elements: samples * groups, operations: 0, arrays: 2)
  }
}
