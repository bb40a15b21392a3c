import Compute

/// A step of Muon: the momentum of a matrix's gradients, made orthogonal.
///
/// Jordan et al., "Muon: An Optimizer for Hidden Layers in Neural Networks" (2024): five Newton-Schulz
/// iterations X = a X + (b X X^T + c (X X^T)^2) X bring all singular values near 1, so that no direction
/// of the update drowns the others.
struct Muon {
  /// The size of a step.
  let learningRate: Double
  /// What the momentum keeps, taken once more ahead (Nesterov).
  let momentum: Double
  /// What a step takes from the weights, as a multiple of the rate.
  let weightDecay: Double

  private static let coefficients: (a: Float, b: Float, c: Float) = (3.4445, -4.7750, 2.0315)
  private static let iterations = 5

  /// Moves a matrix [rows, columns], stored from inputs to outputs, against its gradient.
  ///
  /// - Parameters:
  ///   - gradientScale: what gradients are multiplied by first: less than 1 clips their norm.
  ///   - momentum: the mean of the gradients, 0 before the first step.
  func step(
    rows: Int, columns: Int, parameters: UnsafeMutablePointer<Float>,
    gradients: UnsafePointer<Float>, gradientScale: Double, momentum: UnsafeMutablePointer<Float>
  ) {
    let count = rows * columns
    guard count > 0 else { return }
    let (kept, new) = (Float(self.momentum), Float((1 - self.momentum) * gradientScale))
    Elementwise.scaledSum(kept, momentum, new, gradients, into: momentum, count: count)
    let update = Values([rows, columns]) {
      Elementwise.scaledSum(kept, momentum, new, gradients, into: $0, count: count)
    }
    let direction = Self.orthogonalized(update)
    // A matrix with more outputs than inputs moves further, so that its outputs do as much as others'.
    let rate = learningRate * max(1, Double(columns) / Double(rows)).squareRoot()
    Elementwise.scaledSum(
      Float(1 - learningRate * weightDecay), parameters, Float(-rate), direction.pointer,
      into: parameters, count: count)
  }

  /// A matrix with about the same singular vectors, and singular values between about 0.7 and 1.2.
  static func orthogonalized(_ matrix: Values) -> Values {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    // The products are of the shorter side.
    let (side, isWide) = (min(rows, columns), rows <= columns)
    let length = Reductions.sumOfSquares(matrix.pointer, count: matrix.count).squareRoot()
    var x = Values(matrix.shape) {
      let scale = Float(1 / (length + 1e-7))
      Elementwise.scaledSum(
        scale, matrix.pointer, 0, matrix.pointer, into: $0, count: matrix.count)
    }
    let (a, b, c) = coefficients
    for _ in 0..<iterations {
      // X X^T of a wide matrix, X^T X of a tall one: both symmetric.
      let gram = Values([side, side]) {
        MatrixProduct(
          m: side, n: side, k: max(rows, columns), transposeA: !isWide, transposeB: isWide)(
            x.pointer, x.pointer, into: $0)
      }
      let square = Values([side, side]) {
        MatrixProduct(m: side, n: side, k: side)(gram.pointer, gram.pointer, into: $0)
      }
      let mixture = Values([side, side]) {
        Elementwise.scaledSum(b, gram.pointer, c, square.pointer, into: $0, count: side * side)
      }
      x = Values(matrix.shape) { next in
        Elementwise.scaledSum(a, x.pointer, 0, x.pointer, into: next, count: x.count)
        let product = MatrixProduct(m: rows, n: columns, k: side)
        if isWide {
          product(mixture.pointer, x.pointer, into: next, accumulate: true)
        } else {
          product(x.pointer, mixture.pointer, into: next, accumulate: true)
        }
      }
    }
    return x
  }
}
