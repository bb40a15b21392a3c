import KernelInterface

extension MatrixProduct.Job {
  /// A as it lies. Tasks are blocks of rows and of packed panels, which they share; where there are few rows, tasks
  /// are panels, each packed by the task that uses it.
  func run() {
    let panels = Panels(depth: k, columns: n, kernels)
    if m <= Self.smallestPart {
      var workspace = Workspace()
      let tables = TileTables(&workspace, rows: m, taps: 1)
      let panel = workspace.reserve(Float.self, panels.width * k)
      ThreadPool.shared.run(panels.count) { index, worker in
        let space = workspace.placed(in: .shared, worker)
        fill(tables, space, 0..<m)
        pack(index, panels, into: space[panel])
        multiply(index..<index + 1, panels, tables, space, rows: m) { _ in space[panel] }
      }
      return
    }
    let packed = Storage(count: panels.size)
    ThreadPool.shared.run(panels.count) { index, _ in
      pack(index, panels, into: packed.base + panels.start(index))
    }
    // One task after the other takes the same panels, which stay in the cache if they are not deep; deep ones are read
    // again, and meet more rows.
    let (blocks, groups) = packedParts(
      panels: panels.count, width: panels.width, rows: Self.smallestPart * Slices(depth: k).count,
      rowMultiple: tileRows)
    var workspace = Workspace()
    let tables = TileTables(&workspace, rows: blocks.length, taps: 1)
    ThreadPool.shared.run(groups.count * blocks.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let rows = blocks.range(task % blocks.count)
      fill(tables, space, rows)
      multiply(groups.range(task / blocks.count), panels, tables, space, rows: rows.count) {
        packed.base + panels.start($0)
      }
    }
  }

  /// At most four columns: dot products of rows and columns.
  func runNarrow() {
    let transposed = Storage(count: product.transposeB || n == 1 ? 0 : n * k)
    var columns = b
    if !product.transposeB && n > 1 && !MemoryPlan.isRehearsal {
      for column in 0..<n {
        for i in 0..<k { transposed.base[column * k + i] = b[i * n + column] }
      }
      columns = UnsafePointer(transposed.base)
    }
    // A product this narrow has little to share between rows.
    let blocks = Blocks(m, target: Self.smallestPart / 4, multiple: tileRows)
    var workspace = Workspace()
    let tables = TileTables(&workspace, rows: blocks.length, taps: 1)
    ThreadPool.shared.run(blocks.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let rows = blocks.range(task)
      fill(tables, space, rows)
      space[tables.panels][0] = UnsafeRawPointer(columns)
      var tiles = tables.product(space, count: rows.count)
      tiles.depth = k
      tiles.columns = n
      tiles.accumulate = accumulate
      kernels.multiplyNarrow(tiles)
      finish(space[tables.outputs], count: rows.count, column: 0, columns: n, kernels)
    }
  }

  /// A is stored transposed: each task packs slices of its rows, and of its panels.
  func runPackingRows() {
    let panels = Panels(depth: k, columns: n, kernels)
    let slices = Slices(depth: k)
    let (blocks, groups) = packedParts(
      panels: panels.count, width: panels.width, rowMultiple: tileRows)
    var workspace = Workspace()
    let tables = TileTables(&workspace, rows: blocks.length, taps: 1)
    let packedRows = workspace.reserve(Float.self, (blocks.length + 2) * slices.length)
    let panel = workspace.reserve(Float.self, panels.width * slices.length)
    ThreadPool.shared.run(blocks.count * groups.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let rows = blocks.range(task / groups.count)
      let group = groups.range(task % groups.count)
      tables.fillOutputs(space, rows: rows) { c + $0 * n }
      for slice in 0..<slices.count {
        let (start, depth) = (slices.start(slice), slices.length(slice))
        kernels.packTransposedRows(
          a + start * m + rows.lowerBound, stride: m, depth: depth, rows: rows.count,
          into: space[packedRows])
        for tile in 0..<(rows.count + tileRows - 1) / tileRows {
          for row in 0..<tileRows {
            space[tables.rows][tile * tileRows + row] = UnsafeRawPointer(
              space[packedRows] + tile * tileRows * depth + row)
          }
        }
        for index in group {
          pack(index, panels, from: start, depth: depth, into: space[panel])
          space[tables.panels][0] = UnsafeRawPointer(space[panel])
          var tiles = tables.product(space, count: rows.count)
          tiles.depth = depth
          tiles.step = tileRows * 4
          tiles.columns = panels.columns(index)
          tiles.outputOffset = index * panels.width * 4
          tiles.accumulate = accumulate || slice > 0
          kernels.multiply(tiles)
        }
      }
      for index in group {
        finish(
          space[tables.outputs], count: rows.count, column: index * panels.width,
          columns: panels.columns(index), kernels)
      }
    }
  }

  /// The most rows and columns of a task, and the fewest that are worth one. A slice of the depth of so many rows stays
  /// in the second-level cache while each panel meets it, and so do the sums, from slice to slice.
  private static let largestPart = 384
  private static let smallestPart = 96

  /// Parts that are as large as they may be, and yet leave all threads something to do to the end. No bit depends
  /// on them, as sums are cut along the depth alone.
  func packedParts(
    panels: Int, width: Int, rows most: Int = largestPart, rowMultiple: Int
  ) -> (blocks: Blocks, groups: Blocks) {
    var (rows, columns) = (min(m, most, Self.largestPart), min(n, Self.largestPart))
    let threads = ThreadPool.shared.count
    while true {
      let blocks = Blocks(m, target: rows, multiple: rowMultiple)
      let groups = Blocks(panels, target: (columns + width - 1) / width)
      let isEnough = threads == 1 || blocks.count * groups.count >= 2 * threads
      if isEnough || max(rows, columns) <= Self.smallestPart { return (blocks, groups) }
      if rows > columns { rows /= 2 } else { columns /= 2 }
    }
  }

  /// Panels, packed in full depth, times the rows in the tables, a slice of the depth after the other.
  private func multiply(
    _ group: Range<Int>, _ panels: Panels, _ tables: TileTables, _ space: Workspace, rows: Int,
    _ panel: (Int) -> UnsafeMutablePointer<Float>
  ) {
    let slices = Slices(depth: k)
    for slice in 0..<slices.count {
      for index in group {
        space[tables.panels][0] = UnsafeRawPointer(panel(index))
        var tiles = tables.product(space, count: rows)
        tiles.columns = panels.columns(index)
        tiles.outputOffset = index * panels.width * 4
        tiles.accumulate = accumulate
        tiles.multiply(slice, of: slices, kernels)
        guard slice == slices.count - 1 else { continue }
        finish(
          space[tables.outputs], count: rows, column: index * panels.width,
          columns: panels.columns(index), kernels)
      }
    }
  }

  private func fill(_ tables: TileTables, _ space: Workspace, _ rows: Range<Int>) {
    tables.fillOutputs(space, rows: rows) { c + $0 * n }
    tables.fillRows(space, rows: rows) { a + $0 * k }
  }

  private func pack(
    _ index: Int, _ panels: Panels, from start: Int = 0, depth: Int? = nil,
    into panel: UnsafeMutablePointer<Float>
  ) {
    let (column, columns, depth) = (index * panels.width, panels.columns(index), depth ?? k)
    if product.transposeB {
      kernels.packTransposedPanel(
        b + column * k + start, stride: k, depth: depth, columns: columns, into: panel)
    } else {
      kernels.packPanel(
        b + start * n + column, stride: n, depth: depth, columns: columns, into: panel)
    }
  }
}
