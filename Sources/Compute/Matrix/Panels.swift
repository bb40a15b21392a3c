import KernelInterface

/// The columns of a right operand in panels: [panel][depth][width], of which the last may be narrower.
struct Panels {
  let depth: Int
  let columns: Int
  let width: Int

  init(depth: Int, columns: Int, _ kernels: any KernelSet.Type) {
    (self.depth, self.columns, width) = (depth, columns, kernels.panelWidth)
  }

  var count: Int { (columns + width - 1) / width }

  /// How many floats all panels take.
  var size: Int { columns == 0 ? 0 : ((count - 1) * width + paddedColumns(count - 1)) * depth }

  /// How many columns panel `index` has.
  func columns(_ index: Int) -> Int { min(width, columns - index * width) }

  /// The length of a row of panel `index`: its columns, rounded up to whole vectors.
  func paddedColumns(_ index: Int) -> Int { (columns(index) + 15) & ~15 }

  /// Where panel `index` begins.
  func start(_ index: Int) -> Int { index * width * depth }
}
