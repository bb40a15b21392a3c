extension SymmetricMatrix {
  /// The eigenvalues alone, in no order, in a small part of the time that takes them with their vectors:
  /// Householder's reflections to a tridiagonal matrix, then the implicit QL method with Wilkinson's shifts
  /// (Golub and Van Loan, "Matrix Computations", sections 8.3.1 and 8.3.5).
  var eigenvalues: [Double] {
    var (diagonal, beside) = tridiagonal()
    let n = size
    for low in 0..<n {
      // Convergence is cubic: three turns are usual.
      for _ in 0..<100 {
        let high =
          (low..<n - 1).first { index in
            abs(beside[index])
              <= Double.ulpOfOne * (abs(diagonal[index]) + abs(diagonal[index + 1]))
          } ?? n - 1
        guard high > low else { break }
        Self.turn(&diagonal, &beside, low, high)
      }
    }
    return diagonal
  }

  /// One turn of the implicit QL method on the block from `low` to `high`.
  private static func turn(
    _ diagonal: inout [Double], _ beside: inout [Double], _ low: Int, _ high: Int
  ) {
    func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    var g = (diagonal[low + 1] - diagonal[low]) / (2 * beside[low])
    let r = length(g, 1)
    g = diagonal[high] - diagonal[low] + beside[low] / (g + (g < 0 ? -r : r))
    var (sine, cosine, shift) = (1.0, 1.0, 0.0)
    for index in stride(from: high - 1, through: low, by: -1) {
      let (f, b) = (sine * beside[index], cosine * beside[index])
      let r = length(f, g)
      if index + 1 < beside.count { beside[index + 1] = r }
      guard r > 0 else {
        // The block has come apart here.
        diagonal[index + 1] -= shift
        if high < beside.count { beside[high] = 0 }
        return
      }
      (sine, cosine) = (f / r, g / r)
      g = diagonal[index + 1] - shift
      let turned = (diagonal[index] - g) * sine + 2 * cosine * b
      shift = sine * turned
      diagonal[index + 1] = g + shift
      g = cosine * turned - b
    }
    diagonal[low] -= shift
    beside[low] = g
    if high < beside.count { beside[high] = 0 }
  }

  /// The diagonal, and the elements beside it, of a tridiagonal matrix with the same eigenvalues.
  private func tridiagonal() -> (diagonal: [Double], beside: [Double]) {
    let n = size
    var a = elements
    a.withUnsafeMutableBufferPointer { a in
      for k in 0..<max(0, n - 2) {
        let norm = (k + 1..<n).reduce(0.0) { $0 + a[$1 * n + k] * a[$1 * n + k] }.squareRoot()
        guard norm > 0 else { continue }
        let first = a[(k + 1) * n + k]
        let alpha = first > 0 ? -norm : norm
        // I - v v^T / h takes the column below the diagonal to alpha in its first place.
        var v = [Double](repeating: 0, count: n)
        for i in k + 1..<n { v[i] = a[i * n + k] }
        v[k + 1] -= alpha
        let h = norm * norm - first * alpha
        guard h > 0 else { continue }
        let p = (k + 1..<n).map { i in
          (k + 1..<n).reduce(0.0) { $0 + a[i * n + $1] * v[$1] } / h
        }
        let half = p.indices.reduce(0.0) { $0 + p[$1] * v[k + 1 + $1] } / (2 * h)
        for i in k + 1..<n {
          let q = p[i - k - 1] - half * v[i]
          for j in k + 1..<n {
            a[i * n + j] -= v[i] * (p[j - k - 1] - half * v[j]) + q * v[j]
          }
        }
        (a[(k + 1) * n + k], a[k * n + k + 1]) = (alpha, alpha)
      }
    }
    return (
      (0..<n).map { a[$0 * n + $0] }, (0..<max(0, n - 1)).map { a[($0 + 1) * n + $0] }
    )
  }
}
