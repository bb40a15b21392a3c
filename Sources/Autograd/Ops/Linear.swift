import Compute

/// x [..., K] times the weight [K, N], plus the bias [N], activated: [..., N].
public func linear(
  _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, activation: Activation = .identity
) -> Tensor {
  precondition(
    weight.shape.count == 2 && x.shape.last == weight.shape[0]
      && bias.map { $0.shape == [weight.shape[1]] } ?? true,
    "linear: \(x.shape) times \(weight.shape), bias \(bias?.shape ?? [])")
  let (m, k, n) = (x.values.rows, weight.shape[0], weight.shape[1])
  let precision = Precision.current
  let y = Activated(x.shape.dropLast() + [n], activation) {
    MatrixProduct(m: m, n: n, k: k, precision: precision)(
      x.values.pointer, weight.values.pointer, into: $0, bias: bias?.values.pointer,
      activation: $1)
  }
  return record(.linear, y.values, from: x, weight, bias, recompute: y.recompute) {
    [x = x.saved, gradient = y.gradient] dy, gradients in
    let dy = gradient(dy)
    gradients.write(to: x.gradientTarget) {
      MatrixProduct(m: m, n: k, k: n, transposeB: true, precision: precision)(
        dy.pointer, weight.values.pointer, into: $0, accumulate: $1)
    }
    gradients.write(to: weight) {
      MatrixProduct(m: k, n: n, k: m, transposeA: true, precision: precision)(
        x.values.pointer, dy.pointer, into: $0, accumulate: $1)
    }
    gradients.writeColumnSums(of: dy, to: bias)
  }
}
