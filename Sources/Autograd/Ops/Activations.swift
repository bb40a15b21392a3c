import Compute

/// The activation of each element. Where a layer takes its activation along, that costs less.
public func activate(_ x: Tensor, _ activation: Activation) -> Tensor {
  let y = Values(x.shape) {
    activation.apply(x.values.pointer, into: $0, count: x.count)
  }
  let saved = activation.differentiatesFromOutput ? y : x.values
  return record(.activation, y, from: x) { dy, gradients in
    gradients.write(to: x) {
      activation.gradient(
        saved: saved.pointer, dy.pointer, into: $0, count: dy.count, accumulate: $1)
    }
  }
}

/// max(x, 0).
public func relu(_ x: Tensor) -> Tensor { activate(x, .relu) }

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
