import Compute

/// The sum of all elements, a scalar.
public func sum(_ x: Tensor) -> Tensor { total(.sum, x, scale: 1) }

/// The mean of all elements, a scalar; 0 for none.
public func mean(_ x: Tensor) -> Tensor { total(.mean, x, scale: 1 / Float(max(x.count, 1))) }

private func total(_ name: OpName, _ x: Tensor, scale: Float) -> Tensor {
  let y = Values([]) {
    $0[0] = Float(Reductions.sum(x.values.pointer, count: x.count) * Double(scale))
  }
  return record(name, y, from: x) { [x = x.gradientTarget] dy, gradients in
    let slope = scale * dy.pointer[0]
    gradients.write(to: x) { dx, accumulate in
      if accumulate {
        Elementwise.transform(
          .affine(scale: 1, offset: slope), dx, into: dx, count: x.count)
      } else {
        Elementwise.fill(dx, count: x.count, with: slope)
      }
    }
  }
}
