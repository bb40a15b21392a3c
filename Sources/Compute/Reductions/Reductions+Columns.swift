import KernelInterface

extension Reductions {
  private static let rowsPerBlock = 128

  /// y [columns] = or += the sum of the rows of x [rows, columns]: the gradient of a bias.
  ///
  /// Blocks of 128 rows are summed, then the blocks' sums in the same way, so that the bits depend on
  /// the shape alone.
  public static func columnSums(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
    accumulate: Bool = false
  ) {
    precondition(rows >= 0 && columns >= 0, "column sums of \(rows)x\(columns)")
    guard columns > 0 else { return }
    // The copy counts what is written.
    Work.add(elements: rows * columns, operations: 1, arrays: 1)
    let sums = Storage(count: columns)
    if columns < 16 && rows >= 16 {
      sumNarrowColumns(x, sums.base, rows, columns)
    } else {
      sumColumns(x, sums.base, rows, columns)
    }
    Elementwise.copy(sums.base, into: y, count: columns, accumulate: accumulate)
  }

  private static func sumColumns(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int
  ) {
    let kernels = InstructionSet.current.kernels
    let blocks = max(1, (rows + rowsPerBlock - 1) / rowsPerBlock)
    let groups = Blocks(columns, target: 256, multiple: 64)
    let partial = blocks > 1 ? Storage(count: blocks * columns) : nil
    let destination = partial?.base ?? y
    ThreadPool.shared.run(blocks * groups.count) { task, _ in
      let (block, group) = (task / groups.count, groups.range(task % groups.count))
      let (row, column) = (block * rowsPerBlock, group.lowerBound)
      kernels.columnSums(
        x + row * columns + column, columns, min(rowsPerBlock, rows - row), group.count,
        destination + block * columns + column)
    }
    if let partial { sumColumns(partial.base, y, blocks, columns) }
  }

  /// Few columns, such as an image's three: sixteen rows at a time are one row that fills whole vectors.
  private static func sumNarrowColumns(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int
  ) {
    let wide = Storage(count: 16 * columns)
    sumColumns(x, wide.base, rows / 16, 16 * columns)
    for column in 0..<columns where !MemoryPlan.isRehearsal {
      var sum = 0.0
      for part in 0..<16 { sum += Double(wide.base[part * columns + column]) }
      for row in rows / 16 * 16..<rows { sum += Double(x[row * columns + column]) }
      y[column] = Float(sum)
    }
  }
}

extension Reductions {
  /// y [images, columns] = or += the mean of each image's rows, of x [images, rows, columns].
  public static func rowMeans(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, images: Int, rows: Int,
    columns: Int, accumulate: Bool = false
  ) {
    precondition(
      images >= 0 && rows > 0 && columns >= 0, "row means of \(images)x\(rows)x\(columns)")
    // The scaled sum counts what is written.
    Work.add(elements: images * rows * columns, operations: 1, arrays: 1)
    let kernels = InstructionSet.current.kernels
    let sums = Storage(count: images * columns)
    ThreadPool.shared.run(images) { image, _ in
      kernels.columnSums(
        x + image * rows * columns, columns, rows, columns, sums.base + image * columns)
    }
    let scale = 1 / Float(rows)
    Elementwise.scaledSum(
      scale, sums.base, 0, sums.base, into: y, count: images * columns, accumulate: accumulate)
  }
}
