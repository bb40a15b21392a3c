/// A symmetric matrix in double precision, and its eigenvalues.
struct SymmetricMatrix {
  /// How many rows and columns it has.
  let size: Int
  /// [size, size].
  var elements: [Double]

  /// A matrix of those elements.
  init(_ size: Int, _ elements: [Double]) {
    precondition(elements.count == size * size, "\(elements.count) elements of \(size)x\(size)")
    (self.size, self.elements) = (size, elements)
  }

  /// The sum of the diagonal.
  var trace: Double { (0..<size).reduce(0) { $0 + elements[$1 * size + $1] } }

  /// The eigenvalues, and the eigenvectors in the rows of `vectors` [size, size], by the cyclic method
  /// of Jacobi (1846): Golub and Van Loan, "Matrix Computations", section 8.5.
  ///
  /// Rotations of two rows and columns make the elements off the diagonal zero one after the other, in
  /// turns over all of them, until none is left that would change the diagonal.
  func eigen() -> (values: [Double], vectors: [Double]) {
    let n = size
    var matrix = elements
    var vectors = [Double](repeating: 0, count: n * n)
    for i in 0..<n { vectors[i * n + i] = 1 }
    matrix.withUnsafeMutableBufferPointer { a in
      vectors.withUnsafeMutableBufferPointer { v in
        // Convergence is quadratic: ten turns are more than any matrix takes.
        for _ in 0..<50 where !Self.rotateAll(a, v, n) { break }
      }
    }
    return ((0..<n).map { matrix[$0 * n + $0] }, vectors)
  }

  /// One turn over all elements off the diagonal; false when there was nothing left to do.
  private static func rotateAll(
    _ a: UnsafeMutableBufferPointer<Double>, _ v: UnsafeMutableBufferPointer<Double>, _ n: Int
  ) -> Bool {
    let scale = (0..<n).reduce(0) { max($0, abs(a[$1 * n + $1])) }
    var hasRotated = false
    for p in 0..<n {
      for q in (p + 1)..<n {
        let (app, aqq, apq) = (a[p * n + p], a[q * n + q], a[p * n + q])
        // Relative to both of its diagonal elements, which keeps small eigenvalues of a matrix without
        // negative ones exact (Demmel and Veselić, 1992); and to the largest, below which all is noise.
        let noise = Double.ulpOfOne * max((abs(app) * abs(aqq)).squareRoot(), scale * 1e-8)
        guard abs(apq) > noise else { continue }
        hasRotated = true
        let theta = (aqq - app) / (2 * apq)
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let cosine = 1 / (t * t + 1).squareRoot()
        let sine = t * cosine
        for k in 0..<n {
          rotate(a, k * n + p, k * n + q, cosine, sine)
        }
        for k in 0..<n {
          rotate(a, p * n + k, q * n + k, cosine, sine)
          rotate(v, p * n + k, q * n + k, cosine, sine)
        }
      }
    }
    return hasRotated
  }

  private static func rotate(
    _ x: UnsafeMutableBufferPointer<Double>, _ i: Int, _ j: Int, _ cosine: Double, _ sine: Double
  ) {
    let (a, b) = (x[i], x[j])
    x[i] = cosine * a - sine * b
    x[j] = sine * a + cosine * b
  }

  /// The root: the symmetric matrix without negative eigenvalues whose square is this one. What
  /// rounding has made negative counts as zero.
  var squareRoot: SymmetricMatrix {
    let (values, vectors) = eigen()
    let n = size
    // Each eigenvector scaled by the fourth root: the root is their product with their transpose.
    let scaled = (0..<n * n).map { vectors[$0] * max(values[$0 / n], 0).squareRoot().squareRoot() }
    return SymmetricMatrix(n, Self.gram(scaled, rows: n, columns: n))
  }

  /// S A S for a symmetric S: symmetric too.
  func conjugated(by s: SymmetricMatrix) -> SymmetricMatrix {
    let n = size
    let half = Self.product(s.elements, elements, n)
    let full = Self.product(half, s.elements, n)
    return SymmetricMatrix(n, (0..<n * n).map { (full[$0] + full[$0 % n * n + $0 / n]) / 2 })
  }

  /// X^T X for x [rows, columns].
  static func gram(_ x: [Double], rows: Int, columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: columns * columns)
    x.withUnsafeBufferPointer { x in
      result.withUnsafeMutableBufferPointer { result in
        for row in 0..<rows {
          for i in 0..<columns {
            let factor = x[row * columns + i]
            for j in i..<columns { result[i * columns + j] += factor * x[row * columns + j] }
          }
        }
        for i in 0..<columns {
          for j in 0..<i { result[i * columns + j] = result[j * columns + i] }
        }
      }
    }
    return result
  }

  private static func product(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
    var result = [Double](repeating: 0, count: n * n)
    result.withUnsafeMutableBufferPointer { result in
      for i in 0..<n {
        for k in 0..<n {
          let factor = a[i * n + k]
          for j in 0..<n { result[i * n + j] += factor * b[k * n + j] }
        }
      }
    }
    return result
  }
}
