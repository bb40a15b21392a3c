import KernelInterface

/// The softmax along each row of [rows, columns], e^x / sum(e^x), or its logarithm.
public struct Softmax: Sendable {
  private let rows: Int
  private let columns: Int
  private let isLogarithmic: Bool

  /// A softmax of those sizes, or its logarithm.
  public init(rows: Int, columns: Int, isLogarithmic: Bool = false) {
    precondition(rows >= 0 && columns >= 0, "softmax of [\(rows), \(columns)]")
    self.rows = rows
    self.columns = columns
    self.isLogarithmic = isLogarithmic
  }

  /// Writes y [rows, columns], which may be `x`.
  public func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    // The largest, e^(x - largest), the sum, the quotient.
    Work.add(elements: rows * columns, operations: 5, arrays: 2)
    let kernels = InstructionSet.current.kernels
    let function = isLogarithmic ? kernels.logSoftmax : kernels.softmax
    ThreadPool.shared.forEachPiece(ofRows: rows, columns: columns) { row, count in
      let start = row * columns
      function(x + start, count, columns, y + start)
    }
  }

  /// dx = or += the gradient for dy, given the forward pass's y; `dx` may be `dy`.
  public func gradient(
    _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    // y (dy - sum(y dy)), or dy - e^y sum(dy).
    Work.add(elements: rows * columns, operations: 4, arrays: 3, accumulate: accumulate)
    let kernels = InstructionSet.current.kernels
    let function = isLogarithmic ? kernels.logSoftmaxGradient : kernels.softmaxGradient
    ThreadPool.shared.forEachPiece(ofRows: rows, columns: columns) { row, count in
      let start = row * columns
      function(y + start, dy + start, count, columns, dx + start, accumulate)
    }
  }
}
