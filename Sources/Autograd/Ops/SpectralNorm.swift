import Compute

/// A weight [..., N] over an estimate of its largest singular value, sigma = v^T W u, where W [M, N] is the matrix
/// from all that an output reads to the outputs, and u [N] and v [M] are about its singular vectors.
///
/// The gradient goes through sigma, too, u and v being constants.
public func spectralNorm(_ weight: Tensor, u: Values, v: Values) -> Tensor {
  let (rows, columns) = (v.count, u.count)
  precondition(
    weight.shape.last == columns && weight.count == rows * columns,
    "spectral norm of \(weight.shape) by vectors of \(columns) and \(rows)")
  let product = Values([columns]) {
    MatrixProduct(m: 1, n: columns, k: rows)(v.pointer, weight.values.pointer, into: $0)
  }
  let sigma = Reductions.dot(product.pointer, u.pointer, count: columns)
  // A weight of zeros stays as it is.
  let scale = sigma == 0 ? 0 : 1 / sigma
  let y = Values(weight.shape) {
    Elementwise.transform(
      .affine(scale: Float(scale), offset: 0), weight.values.pointer, into: $0, count: weight.count)
  }
  return record(.spectralNorm, y, from: weight) {
    [weight = weight.gradientTarget] dy, gradients in
    // dW = (dy - (dy . y) v u^T) / sigma
    let part = Float(-scale * Reductions.dot(dy.pointer, y.pointer, count: y.count))
    let share = Values([rows]) {
      Elementwise.transform(
        .affine(scale: part, offset: 0), v.pointer, into: $0, count: rows)
    }
    gradients.write(to: weight) {
      Elementwise.transform(
        .affine(scale: Float(scale), offset: 0), dy.pointer, into: $0, count: dy.count,
        accumulate: $1)
      MatrixProduct(m: rows, n: columns, k: 1)(
        share.pointer, u.pointer, into: $0, accumulate: true)
    }
  }
}
