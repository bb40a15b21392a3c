import KernelInterface

/// The right operand of many products of few rows each, packed once for all of them.
struct PackedMatrix {
  private let panels: Panels
  private let storage: Storage
  private let kernels: any KernelSet.Type

  /// Packs B [K, N], or [N, K] with `transposed`.
  init(
    _ b: UnsafePointer<Float>, depth k: Int, columns n: Int, transposed: Bool = false,
    _ kernels: any KernelSet.Type
  ) {
    let panels = Panels(depth: k, columns: n, kernels)
    let storage = Storage(count: panels.size)
    ThreadPool.shared.run(panels.count) { index, _ in
      let (column, panel) = (index * panels.width, storage.base + panels.start(index))
      let columns = panels.columns(index)
      if transposed {
        kernels.packTransposedPanel(
          b + column * k, stride: k, depth: k, columns: columns, into: panel)
      } else {
        kernels.packPanel(b + column, stride: n, depth: k, columns: columns, into: panel)
      }
    }
    (self.panels, self.storage, self.kernels) = (panels, storage, kernels)
  }

  /// C = or += A B for `rows` rows, on the thread that asks; the tables have room for them.
  ///
  /// - Parameters:
  ///   - a: the first row of A; the others follow at distances of `aStride`.
  ///   - c: the first row of C, with `cStride`.
  func multiply(
    _ a: UnsafePointer<Float>, stride aStride: Int, rows: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, accumulate: Bool = false,
    _ tables: TileTables, _ space: Workspace
  ) {
    tables.fillOutputs(space, rows: 0..<rows) { c + $0 * cStride }
    tables.fillRows(space, rows: 0..<rows) { a + $0 * aStride }
    var tiles = tables.product(space, count: rows)
    tiles.accumulate = accumulate
    for index in 0..<panels.count {
      space[tables.panels][0] = UnsafeRawPointer(storage.base + panels.start(index))
      tiles.columns = panels.columns(index)
      tiles.outputOffset = index * panels.width * 4
      tiles.multiply(depth: panels.depth, kernels)
    }
  }
}
