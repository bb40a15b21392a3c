import Compute

/// The matrix product of a [M, K] and b [K, N], or b [N, K] with `transposeB`: [M, N].
public func matmul(_ a: Tensor, _ b: Tensor, transposeB: Bool = false) -> Tensor {
  precondition(
    a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[transposeB ? 1 : 0],
    "matrix product of \(a.shape) and \(b.shape)\(transposeB ? ", transposed" : "")")
  let (m, k, n) = (a.shape[0], a.shape[1], b.shape[transposeB ? 0 : 1])
  let precision = Precision.current
  let y = Values([m, n]) {
    MatrixProduct(m: m, n: n, k: k, transposeB: transposeB, precision: precision)(
      a.values.pointer, b.values.pointer, into: $0)
  }
  return record(.matmul, y, from: a, b) { [a = a.saved, b = b.saved] dy, gradients in
    gradients.write(to: a.gradientTarget) { da, accumulate in
      MatrixProduct(m: m, n: k, k: n, transposeB: !transposeB, precision: precision)(
        dy.pointer, b.values.pointer, into: da, accumulate: accumulate)
    }
    gradients.write(to: b.gradientTarget) { db, accumulate in
      if transposeB {
        MatrixProduct(m: n, n: k, k: m, transposeA: true, precision: precision)(
          dy.pointer, a.values.pointer, into: db, accumulate: accumulate)
      } else {
        MatrixProduct(m: k, n: n, k: m, transposeA: true, precision: precision)(
          a.values.pointer, dy.pointer, into: db, accumulate: accumulate)
      }
    }
  }
}
