import Compute

/// x / (1 - rate) where an element is kept, 0 where it is dropped, with probability `rate`.
///
/// What is dropped depends on the stream, the step, the place along the first dimension and the place
/// within that. Srivastava et al., "Dropout" (2014).
public func dropout(
  _ x: Tensor, rate: Float, from stream: RandomStream, step: Int = 0
) -> Tensor {
  func output(_ x: Values) -> Values {
    Values(x.shape) {
      stream.dropout(x.pointer, into: $0, shape: x.shape, rate: rate, step: step)
    }
  }
  let recompute = x.recomputed.map { x in { output(x.values) } }
  return record(.dropout, output(x.values), from: x, recompute: recompute) {
    [x = x.gradientTarget] dy, gradients in
    gradients.write(to: x) {
      stream.dropout(
        dy.pointer, into: $0, shape: x.shape, rate: rate, accumulate: $1, step: step)
    }
  }
}
