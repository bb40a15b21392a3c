import KernelInterface

extension MatrixProduct.Job {
  /// Two tiles: with more rows, packing pays.
  static var fewRows: Int { 2 * tileRows }

  /// A few rows, as when a text is written: B is read once, where it lies, and the time that takes is
  /// all there is. Tasks are blocks of columns.
  func runFewRows() {
    // Wide enough to be worth a task, and for rows of a wide B to be read in long runs.
    let target = max(Self.columnsPerTask, Self.workPerTask / max(k, 1), n / Self.mostTasks)
    let blocks = Blocks(n, target: target, multiple: Self.columnsPerTask)
    let slices = Slices(depth: k)
    var workspace = Workspace()
    let tables = TileTables(&workspace, rows: m, taps: 1)
    let width = kernels.panelWidth
    ThreadPool.shared.run(blocks.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      tables.fillOutputs(space, rows: 0..<m) { c + $0 * n }
      let columns = blocks.range(task)
      // Tiles read whole vectors.
      let whole = m == 1 ? 0 : columns.count & ~15
      if whole > 0 { tables.fillRows(space, rows: 0..<m) { a + $0 * k } }
      for slice in 0..<slices.count {
        let (start, depth) = (slices.start(slice), slices.length(slice))
        let accumulate = accumulate || slice > 0
        for column in stride(from: columns.lowerBound, to: columns.lowerBound + whole, by: width) {
          space[tables.panels][0] = UnsafeRawPointer(b + start * n + column)
          var tiles = tables.product(space, count: m)
          tiles.depth = depth
          tiles.offset = start * 4
          tiles.panelStep = n * 4
          tiles.columns = min(width, columns.lowerBound + whole - column)
          tiles.outputOffset = column * 4
          tiles.accumulate = accumulate
          kernels.multiply(tiles)
        }
        let rest = columns.lowerBound + whole
        guard rest < columns.upperBound else { continue }
        for row in 0..<m {
          kernels.multiplyRow(
            a + row * k + start, b + start * n + rest, stride: n, depth: depth,
            columns: columns.upperBound - rest, into: c + row * n + rest, accumulate: accumulate)
        }
      }
      finish(
        space[tables.outputs], count: m, column: columns.lowerBound, columns: columns.count,
        kernels)
    }
  }

  /// The columns that a kernel has in registers.
  private static var columnsPerTask: Int { 64 }

  /// Multiplications that are worth a task: half a microsecond.
  private static var workPerTask: Int { 8192 }

  /// Enough for threads to end at about the same time.
  private static var mostTasks: Int { 32 }
}
