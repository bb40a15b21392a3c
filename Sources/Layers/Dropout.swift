import Autograd

/// Dropout: in training, each element is zero with probability `rate`, and the others grow to make up
/// for it. Srivastava et al., "Dropout" (2014).
public struct Dropout: Module {
  /// In [0, 1).
  public let rate: Float

  /// A layer that drops elements with that probability.
  public init(_ rate: Float) {
    precondition(rate >= 0 && rate < 1, "dropout at a rate of \(rate)")
    self.rate = rate
  }

  /// x of any shape; as it is, in evaluation.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard let draw = Mode.current.nextDropout(rate: rate) else { return x }
    return dropout(x, rate: rate, from: draw.stream, step: draw.step)
  }
}
