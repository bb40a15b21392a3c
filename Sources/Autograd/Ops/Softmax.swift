import Compute

/// e^x / sum(e^x) along the last dimension.
public func softmax(_ x: Tensor) -> Tensor { softmax(.softmax, x) }

/// The logarithm of the softmax along the last dimension.
public func logSoftmax(_ x: Tensor) -> Tensor { softmax(.logSoftmax, x) }

private func softmax(_ name: OpName, _ x: Tensor) -> Tensor {
  let softmax = Softmax(
    rows: x.values.rows, columns: x.values.columns, isLogarithmic: name == .logSoftmax)
  let y = Values(x.shape) { softmax.forward(x.values.pointer, into: $0) }
  return record(name, y, from: x) { [x = x.gradientTarget] dy, gradients in
    gradients.write(to: x) { softmax.gradient(y.pointer, dy.pointer, into: $0, accumulate: $1) }
  }
}
