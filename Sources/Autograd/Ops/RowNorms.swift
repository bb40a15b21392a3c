import Compute

/// x [..., C] with each row normalized, scaled and shifted.
///
/// Ba, Kiros and Hinton, "Layer Normalization" (2016).
public func layerNorm(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, epsilon: Float = 1e-5
) -> Tensor {
  rowNorm(.layerNorm, x, weight, bias, epsilon)
}

/// x [..., C] with each row divided by its root mean square and scaled.
///
/// Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
public func rmsNorm(_ x: Tensor, weight: Tensor, epsilon: Float = 1e-6) -> Tensor {
  rowNorm(.rmsNorm, x, weight, nil, epsilon)
}

private func rowNorm(
  _ name: OpName, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ epsilon: Float
) -> Tensor {
  checkNorm(name, x, weight, bias)
  let norm = LayerNormalization(
    rows: x.values.rows, columns: x.values.columns, epsilon: epsilon,
    isCentered: name == .layerNorm)
  let saved = SavedStatistics(count: x.values.rows)
  func output(_ x: Values) -> Values {
    Values(x.shape) {
      norm.forward(
        x.pointer, weight: weight.values.pointer, bias: bias?.values.pointer, into: $0,
        mean: saved.mean, rstd: saved.rstd)
    }
  }
  let recompute = { [x = x.saved] in output(x.values) }
  return record(name, output(x.values), from: x, weight, bias, recompute: recompute) {
    [x = x.saved] dy, gradients in
    let norm = norm.gradients(
      x.values.pointer, dy.pointer, weight: weight.values.pointer, mean: saved.mean,
      rstd: saved.rstd)
    gradients.write(norm, to: x.gradientTarget, weight, bias)
  }
}
