import Compute

/// x / (1 - rate) where an element is kept, 0 where it is dropped, with probability `rate`.
///
/// What is dropped depends on the stream, the step, the place along the first dimension and the place
/// within that. Srivastava et al., "Dropout" (2014).
public func dropout(
  _ x: Tensor, rate: Float, from stream: RandomStream, step: Int = 0
) -> Tensor {
  let y = Values(x.shape) {
    stream.dropout(x.values.pointer, into: $0, shape: x.shape, rate: rate, step: step)
  }
  return record(.dropout, y, from: x) { dy, gradients in
    gradients.write(to: x) {
      stream.dropout(
        dy.pointer, into: $0, shape: x.shape, rate: rate, accumulate: $1, step: step)
    }
  }
}
