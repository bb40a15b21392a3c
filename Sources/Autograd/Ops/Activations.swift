import Compute

/// The activation of each element. Where a layer takes its activation along, that costs less.
public func activate(_ x: Tensor, _ activation: Activation) -> Tensor {
  func output(_ x: Values) -> Values {
    Values(x.shape) { activation.apply(x.pointer, into: $0, count: x.count) }
  }
  let y = output(x.values)
  if activation.differentiatesFromOutput {
    return record(.activation, y, from: x) { [x = x.gradientTarget] dy, gradients in
      gradients.write(to: x) {
        activation.gradient(saved: y.pointer, dy.pointer, into: $0, count: dy.count, accumulate: $1)
      }
    }
  }
  let recompute = { [x = x.saved] in output(x.values) }
  return record(.activation, y, from: x, recompute: recompute) { [x = x.saved] dy, gradients in
    gradients.write(to: x.gradientTarget) {
      activation.gradient(
        saved: x.values.pointer, dy.pointer, into: $0, count: dy.count, accumulate: $1)
    }
  }
}

/// The tangent behind an activation: how fast its output `y` changes as its input changes by `tangent`,
/// f'(x) tangent.
///
/// Activations of straight pieces only: their slope, a constant here, has no derivative of its own, so that
/// what is differentiated once more is exact.
public func activationTangent(_ tangent: Tensor, _ activation: Activation, at y: Tensor) -> Tensor {
  precondition(
    activation.isPiecewiseLinear, "the tangent of \(activation) has a derivative in y, too")
  precondition(tangent.shape == y.shape, "a tangent of \(tangent.shape) of \(y.shape)")
  let slopes = y.values
  func scaled(_ x: Values) -> Values {
    Values(x.shape) {
      activation.gradient(saved: slopes.pointer, x.pointer, into: $0, count: x.count)
    }
  }
  return record(.activationTangent, scaled(tangent.values), from: tangent) {
    [tangent = tangent.gradientTarget] dy, gradients in
    gradients.write(to: tangent) {
      activation.gradient(
        saved: slopes.pointer, dy.pointer, into: $0, count: dy.count, accumulate: $1)
    }
  }
}

/// max(x, 0).
public func relu(_ x: Tensor) -> Tensor { activate(x, .relu) }

/// max(x, 0)^2.
public func reluSquared(_ x: Tensor) -> Tensor { activate(x, .reluSquared) }

/// x where it is positive, `slope` times x elsewhere.
public func leakyRelu(_ x: Tensor, slope: Float) -> Tensor {
  activate(x, .leakyRelu(slope: slope))
}

/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { activate(x, .tanh) }

/// 1 / (1 + e^-x).
public func sigmoid(_ x: Tensor) -> Tensor { activate(x, .sigmoid) }

/// x / (1 + e^-x).
public func silu(_ x: Tensor) -> Tensor { activate(x, .silu) }

/// x times the normal distribution function of x.
public func gelu(_ x: Tensor) -> Tensor { activate(x, .gelu) }

/// The same with tanh(sqrt(2 / pi) (x + 0.044715 x^3)) for the error function, as in GPT-2.
public func geluTanh(_ x: Tensor) -> Tensor { activate(x, .geluTanh) }

/// silu of the first half of each row times the second half: x [..., 2H] to [..., H].
///
/// Shazeer, "GLU Variants Improve Transformer" (2020).
public func swiglu(_ x: Tensor) -> Tensor {
  precondition(
    !x.shape.isEmpty && x.values.columns % 2 == 0, "swiglu: a last dimension of \(x.shape)")
  let gated = GatedSilu(rows: x.values.rows, columns: x.values.columns / 2)
  func output(_ x: Values) -> Values {
    Values(x.shape.dropLast() + [x.columns / 2]) { gated.forward(x.pointer, into: $0) }
  }
  let recompute = { [x = x.saved] in output(x.values) }
  return record(.swiglu, output(x.values), from: x, recompute: recompute) {
    [x = x.saved] dy, gradients in
    gradients.write(to: x.gradientTarget) {
      gated.gradient(x.values.pointer, dy.pointer, into: $0, accumulate: $1)
    }
  }
}
