import KernelInterface

/// The gated linear unit with silu, known as SwiGLU: silu(a) b, where a row holds a, then b.
///
/// Shazeer, "GLU Variants Improve Transformer" (2020).
public struct GatedSilu: Sendable {
  private let rows: Int
  private let columns: Int

  /// Units of `rows` rows, each of `columns` results.
  public init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0, "a gated unit of [\(rows), \(columns)]")
    (self.rows, self.columns) = (rows, columns)
  }

  /// y [rows, columns] of x [rows, 2 columns].
  public func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    Work.add(elements: rows * columns, operations: 2, arrays: 3)
    let kernels = InstructionSet.current.kernels
    ThreadPool.shared.forEachPiece(ofRows: rows, columns: 2 * columns) { row, count in
      kernels.gatedSilu(
        x + row * 2 * columns, rows: count, columns: columns, into: y + row * columns)
    }
  }

  /// dx [rows, 2 columns] = or += the gradient for dy [rows, columns]; `dx` may be `x`.
  public func gradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    // silu(a) dy and silu'(a) b dy, side by side.
    Work.add(
      operations: rows * columns * (accumulate ? 7 : 5),
      floats: rows * columns * (accumulate ? 7 : 5))
    let kernels = InstructionSet.current.kernels
    ThreadPool.shared.forEachPiece(ofRows: rows, columns: 2 * columns) { row, count in
      kernels.gatedSiluGradient(
        x + row * 2 * columns, dy + row * columns, rows: count, columns: columns,
        into: dx + row * 2 * columns, accumulate: accumulate)
    }
  }
}
