import KernelInterface

/// The mean over rows of -log softmax(logits)[target], for logits [rows, classes].
public struct CrossEntropy: Sendable {
  private let rows: Int
  private let classes: Int

  /// A cross-entropy of those sizes.
  public init(rows: Int, classes: Int) {
    precondition(rows >= 0 && classes > 0, "cross-entropy of [\(rows), \(classes)]")
    self.rows = rows
    self.classes = classes
  }

  /// The loss; 0 for no rows.
  ///
  /// - Parameters:
  ///   - logits: [rows, classes].
  ///   - targets: [rows], each from 0 up to `classes`.
  ///   - logSumExp: [rows], written for the backward pass.
  public func forward(
    _ logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>,
    logSumExp: UnsafeMutablePointer<Float>
  ) -> Float {
    let losses = Storage(count: rows)
    write(logits, targets: targets, into: losses.base, logSumExp: logSumExp)
    return Float(Reductions.sum(losses.base, count: rows) / Double(max(rows, 1)))
  }

  /// The loss of each row: [rows].
  public func losses(
    _ logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>
  ) -> [Float] {
    let logSumExp = Storage(count: rows)
    return Array(unsafeUninitializedCapacity: rows) { losses, count in
      if let base = losses.baseAddress {
        write(logits, targets: targets, into: base, logSumExp: logSumExp.base)
      }
      count = rows
    }
  }

  private func write(
    _ logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>,
    into losses: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      precondition(
        targets[row] >= 0 && Int(targets[row]) < classes,
        "cross-entropy: target \(targets[row]) of \(classes) classes, in row \(row)")
    }
    // The largest logit, then e^(x - largest) and its sum; targets, losses and logSumExp are by row.
    Work.add(operations: 4 * rows * classes, floats: rows * (classes + 3))
    let kernels = InstructionSet.current.kernels
    ThreadPool.shared.forEachPiece(ofRows: rows, columns: classes) { row, count in
      kernels.crossEntropy(
        logits + row * classes, targets: targets + row, rows: count, columns: classes,
        into: losses + row, logSumExp: logSumExp + row)
    }
  }

  /// dx = or += the gradient of the loss times `scale`.
  public func gradient(
    _ logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>,
    logSumExp: UnsafePointer<Float>, scale: Float = 1, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    // e^(x - logSumExp) times the scale.
    Work.add(elements: rows * classes, operations: 3, arrays: 2, accumulate: accumulate)
    Work.add(elements: rows, operations: 0, arrays: 2)
    let kernels = InstructionSet.current.kernels
    ThreadPool.shared.forEachPiece(ofRows: rows, columns: classes) { row, count in
      let start = row * classes
      kernels.crossEntropyGradient(
        logits + start, targets: targets + row, rows: count, columns: classes,
        logSumExp: logSumExp + row, scale: scale / Float(rows), into: dx + start,
        accumulate: accumulate)
    }
  }
}
