import KernelInterface

/// A matrix [depth, columns] in bfloat16 or in eight bits, as the right operand of products with few rows.
///
/// Such a product takes as long as it takes to read the matrix. Its bits are those of `MatrixProduct` with the floats
/// that the matrix holds, `unpacked`, as long as there are more than four columns. So what is computed with those floats,
/// many rows at a time, goes together with what is computed here.
public struct LowPrecisionMatrix: Sendable {
  /// How many rows it has.
  public let depth: Int
  /// How many columns it has.
  public let columns: Int
  /// What it is rounded to.
  public let precision: WeightPrecision

  /// [panels][depth][128], of two bytes or one.
  private let panels: Storage
  /// [panels][128]; of bfloat16 empty.
  private let scales: Storage

  /// Rounds a matrix [depth, columns] to `precision`, which must not be float32.
  public init(_ matrix: Values, _ precision: WeightPrecision) {
    precondition(
      matrix.shape.count == 2 && precision != .float32,
      "a matrix of shape \(matrix.shape) in low precision, \(precision)")
    (depth, columns) = (matrix.shape[0], matrix.shape[1])
    self.precision = precision
    let count = (columns + lowPrecisionColumns - 1) / lowPrecisionColumns
    let elements = count * lowPrecisionColumns * depth
    panels = Storage(count: precision == .bfloat16 ? elements / 2 : elements / 4)
    scales = Storage(count: precision == .int8 ? count * lowPrecisionColumns : 0)
    let (packed, source, kernels) = (self, matrix.pointer, InstructionSet.current.kernels)
    ThreadPool.shared.run(count) { index, _ in
      let (panel, columns) = packed.panel(index)
      let from = source + index * lowPrecisionColumns
      if precision == .bfloat16 {
        kernels.packBFloat16Panel(
          from, stride: packed.columns, depth: packed.depth, columns: columns, into: panel)
      } else {
        kernels.packInt8Panel(
          from, stride: packed.columns, depth: packed.depth, columns: columns, into: panel,
          scales: packed.scales(index))
      }
    }
  }

  /// How many bytes a product reads of it.
  public var bytes: Int { 4 * (panels.count + scales.count) }

  /// The floats that it holds, [depth, columns].
  public var unpacked: Values {
    Values([depth, columns]) { target in
      let kernels = InstructionSet.current.kernels
      ThreadPool.shared.run(count) { index, _ in
        let (panel, width) = panel(index)
        let to = target + index * lowPrecisionColumns
        if precision == .bfloat16 {
          kernels.unpackBFloat16Panel(
            panel, depth: depth, columns: width, into: to, stride: columns)
        } else {
          kernels.unpackInt8Panel(
            panel, scales: scales(index), depth: depth, columns: width, into: to, stride: columns)
        }
      }
    }
  }

  /// y [rows, columns] = activation(x [rows, depth] times the matrix + bias [columns]).
  ///
  /// A row has the same bits whatever the rows beside it.
  public func callAsFunction(
    _ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>,
    bias: UnsafePointer<Float>? = nil, activation: Activation = .identity
  ) {
    guard rows > 0 else { return }
    Work.add(
      operations: 2 * rows * columns * depth,
      floats: bytes / 4 + rows * (depth + columns) + (bias == nil ? 0 : columns))
    let product = RowProduct(kernels: InstructionSet.current.kernels)
    let slices = Slices(depth: depth)
    let tasks = Blocks(
      count,
      target: max(
        1, Self.workPerTask / (max(1, depth) * lowPrecisionColumns), count / Self.mostTasks))
    ThreadPool.shared.run(tasks.count) { task, _ in
      for index in tasks.range(task) {
        let first = index * lowPrecisionColumns
        for slice in 0..<slices.count {
          multiply(index, slices, slice, x, rows, into: y + first, product.kernels)
        }
        for row in 0..<rows {
          product.finish(
            y + row * columns + first, panel(index).columns, bias: bias.map { $0 + first },
            activation: activation)
        }
      }
    }
  }

  /// Multiplications that are worth a task, half a microsecond, and enough tasks for threads to end at about the same
  /// time.
  private static let (workPerTask, mostTasks) = (8192, 32)

  /// The rows of a slice of the depth times a panel, in groups.
  private func multiply(
    _ index: Int, _ slices: Slices, _ slice: Int, _ x: UnsafePointer<Float>, _ rows: Int,
    into y: UnsafeMutablePointer<Float>, _ kernels: any KernelSet.Type
  ) {
    let (panel, width) = panel(index)
    let start = slices.start(slice)
    for row in stride(from: 0, to: rows, by: lowPrecisionRows) {
      var product = LowPrecisionRows(
        rows: x + row * depth + start, pitch: depth, count: min(lowPrecisionRows, rows - row),
        depth: slices.length(slice), panel: panel + start * rowBytes, columns: width,
        output: y + row * columns, outputPitch: columns)
      product.accumulate = slice > 0
      if precision == .bfloat16 {
        kernels.multiplyBFloat16Panel(product)
      } else {
        kernels.multiplyInt8Panel(product, scales: scales(index))
      }
    }
  }

  /// How many panels there are.
  private var count: Int { (columns + lowPrecisionColumns - 1) / lowPrecisionColumns }

  /// Bytes of a row of a panel.
  private var rowBytes: Int { (precision == .bfloat16 ? 2 : 1) * lowPrecisionColumns }

  /// A panel, and how many of its columns count.
  private func panel(_ index: Int) -> (UnsafeMutableRawPointer, columns: Int) {
    (
      UnsafeMutableRawPointer(panels.base) + index * depth * rowBytes,
      min(lowPrecisionColumns, columns - index * lowPrecisionColumns)
    )
  }

  private func scales(_ index: Int) -> UnsafeMutablePointer<Float> {
    scales.base + index * lowPrecisionColumns
  }
}
