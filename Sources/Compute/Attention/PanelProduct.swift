import KernelInterface

/// Products of the rows in a task's tables with packed panels, of a part of their depth.
struct PanelProduct {
  private let panels: Panels
  private let packed: UnsafeMutablePointer<Float>
  private let tables: TileTables
  private let space: Workspace
  private let kernels: any KernelSet.Type

  init(
    _ panels: Panels, packed: UnsafeMutablePointer<Float>, _ tables: TileTables,
    _ space: Workspace, _ kernels: any KernelSet.Type
  ) {
    (self.panels, self.packed, self.tables) = (panels, packed, tables)
    (self.space, self.kernels) = (space, kernels)
  }

  /// The product of the first `count` rows with one panel.
  ///
  /// - Parameters:
  ///   - first: the rows before it are left out: a multiple of `tileRows`.
  ///   - depth: the part of the panel's depth that counts; the rows begin with it.
  ///   - slices: how the depth is cut. What is cut is the panel's whole depth, so that a sum does not
  ///     depend on the part that is not zero.
  ///   - step: from one element of a row to the next.
  ///   - fillsColumns: whether the outputs have room for whole vectors.
  func callAsFunction(
    _ index: Int, from first: Int = 0, count: Int, depth: Range<Int>, slices: Slices? = nil,
    step: Int = 1, fillsColumns: Bool = false, accumulate: Bool = false
  ) {
    guard count > first else { return }
    let slices = slices ?? Slices(depth: panels.depth)
    let columns = panels.paddedColumns(index)
    space[tables.panels][0] = UnsafeRawPointer(packed + panels.start(index))
    var tiles = tables.product(space, count: count - first)
    tiles.rows += first / tileRows * tiles.rowsPerTile
    tiles.outputs += first
    tiles.columns = fillsColumns ? columns : panels.columns(index)
    tiles.outputOffset = index * panels.width * 4
    tiles.step = step * 4
    var isFirst = !accumulate
    for slice in 0..<slices.count {
      let start = max(depth.lowerBound, slices.start(slice))
      let end = min(depth.upperBound, slices.start(slice) + slices.length(slice))
      guard start < end else { continue }
      tiles.depth = end - start
      tiles.offset = (start - depth.lowerBound) * tiles.step
      tiles.panelOffset = start * columns * 4
      tiles.accumulate = !isFirst
      isFirst = false
      kernels.multiply(tiles)
    }
  }
}

extension Panels {
  /// Packs some of the rows as columns; the range begins with a panel.
  func packAcross(
    _ rows: Attention.Input, _ range: Range<Int>, into packed: UnsafeMutablePointer<Float>,
    _ kernels: any KernelSet.Type
  ) {
    for index in range.lowerBound / width..<(range.upperBound + width - 1) / width {
      kernels.packTransposedPanel(
        rows[index * width], stride: rows.stride, depth: depth, columns: columns(index),
        into: packed + start(index))
    }
  }

  /// Packs some of the rows as they are, which are this deep together.
  func packBack(
    _ rows: Attention.Input, _ range: Range<Int>, into packed: UnsafeMutablePointer<Float>,
    _ kernels: any KernelSet.Type
  ) {
    for index in 0..<count {
      kernels.packPanel(
        rows[range.lowerBound] + index * width, stride: rows.stride, depth: range.count,
        columns: columns(index),
        into: packed + start(index) + range.lowerBound * paddedColumns(index))
    }
  }
}
