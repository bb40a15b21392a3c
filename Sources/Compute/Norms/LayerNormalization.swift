import KernelInterface

/// Layer or RMS normalization of each row of x [rows, C] by itself.
///
/// Layer norm is weight (x - mean) / sqrt(variance + epsilon) + bias: Ba, Kiros and Hinton, "Layer
/// Normalization" (2016). RMS norm takes the mean for 0: Zhang and Sennrich, "Root Mean Square Layer
/// Normalization" (2019).
public struct LayerNormalization: Sendable {
  private let rows: Int
  private let columns: Int
  private let epsilon: Float
  private let isCentered: Bool

  /// A layer norm of those sizes, or an RMS norm if it is not centered.
  public init(rows: Int, columns: Int, epsilon: Float = 1e-5, isCentered: Bool = true) {
    precondition(rows >= 0 && columns > 0, "layer norm of [\(rows), \(columns)]")
    self.rows = rows
    self.columns = columns
    self.epsilon = epsilon
    self.isCentered = isCentered
  }

  /// Normalizes each row.
  ///
  /// - Parameters:
  ///   - x: [rows, C].
  ///   - weight: [C], ones if nil.
  ///   - bias: [C], zeros if nil.
  ///   - y: [rows, C]; may be `x`, if the backward pass is not wanted.
  ///   - mean: [rows], for the backward pass; RMS norm leaves it alone.
  ///   - rstd: [rows], 1 / sqrt(variance + epsilon), for the backward pass.
  public func forward(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>?, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>
  ) {
    // The mean and its subtraction (2), squares, their sum, two factors (4), the bias (1).
    Work.add(elements: rows * columns, operations: isCentered ? 7 : 4, arrays: 2)
    count(parameterArrays: isCentered ? 2 : 1)
    let kernels = InstructionSet.current.kernels
    ThreadPool.shared.forEachPiece(ofRows: rows, columns: columns) { row, count in
      let start = row * columns
      kernels.layerNorm(
        x + start, rows: count, columns: columns, weight: weight,
        bias: bias, epsilon: epsilon, into: y + start,
        mean: isCentered ? mean + row : nil,
        rstd: rstd + row)
    }
  }

  /// The backward pass for dy [rows, C], with what the forward pass had and left.
  public func gradients(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, weight: UnsafePointer<Float>?,
    mean: UnsafePointer<Float>, rstd: UnsafePointer<Float>
  ) -> NormGradients {
    NormGradients(channels: columns) { dx, accumulate, destination in
      // n = x - mean (1) over the deviation (1), the sums of n dy (2) and dy (1); for dx, w dy (1),
      // its mean (1), that of n w dy (2), and (w dy - mean - n mean) over the deviation (4).
      let sumOperations = isCentered ? 5 : 3
      let operations = dx == nil ? sumOperations : sumOperations + (isCentered ? 8 : 6)
      Work.add(
        elements: rows * columns, operations: operations, arrays: dx == nil ? 2 : 3,
        accumulate: accumulate)
      count(parameterArrays: isCentered ? 3 : 2)
      let kernels = InstructionSet.current.kernels
      let blockCount = (rows + rowsPerBlock - 1) / rowsPerBlock
      let sums = Storage(count: blockCount * 2 * columns)
      let pool = ThreadPool.shared
      pool.run(blockCount) { block, _ in
        let row = block * rowsPerBlock
        let start = row * columns
        kernels.layerNormGradient(
          x + start, dy + start, rows: min(rowsPerBlock, rows - row), columns: columns,
          weight: weight, mean: isCentered ? mean + row : nil,
          rstd: rstd + row, into: dx.map { $0 + start },
          accumulate: accumulate, sums: sums.base + block * 2 * columns)
      }
      pool.run(1) { _, worker in
        let doubles = pool.scratch(worker, bytes: 16 * columns).assumingMemoryBound(to: Double.self)
        kernels.sumRows(sums.base, rows: blockCount, columns: 2 * columns, into: doubles)
        for i in 0..<2 * columns { destination.parameters[i] = Float(doubles[i]) }
      }
    }
  }

  /// Counts so many arrays like the weight, and the statistics.
  private func count(parameterArrays: Int) {
    Work.add(
      operations: 0, floats: parameterArrays * columns + (isCentered ? 2 : 1) * rows)
  }
}
