import KernelInterface

/// The weights of some taps as the right operand of a product: for each tap a matrix [depth, columns].
struct TapWeights {
  /// The weights [taps][rows][columns].
  var base: UnsafePointer<Float>
  var taps: Int
  var rows: Int
  var columns: Int
  /// The taps in the order in which they are to be used.
  var order: [Int]
  /// Whether the rows are the product's columns.
  var isTransposed = false

  init(base: UnsafePointer<Float>, taps: Int, rows: Int, columns: Int) {
    (self.base, self.taps, self.rows, self.columns) = (base, taps, rows, columns)
    order = Array(0..<taps)
  }

  /// The same weights with so many taps, which lie side by side, taken as one.
  func merged(by count: Int) -> TapWeights {
    TapWeights(base: base, taps: taps / count, rows: rows * count, columns: columns)
  }

  /// How long each tap's sum is.
  var depth: Int { isTransposed ? columns : rows }

  /// How many columns the product has.
  var productColumns: Int { isTransposed ? rows : columns }

  /// All taps' rows of one panel: [taps][depth][width].
  func pack(
    _ panels: Panels, _ index: Int, into panel: UnsafeMutablePointer<Float>,
    _ kernels: any KernelSet.Type
  ) {
    let first = index * panels.width
    let (columns, padded) = (panels.columns(index), panels.paddedColumns(index))
    for (place, tap) in order.enumerated() {
      let source = base + tap * rows * self.columns
      let target = panel + place * depth * padded
      if isTransposed {
        kernels.packTransposedPanel(
          source + first * self.columns, stride: self.columns, depth: depth, columns: columns,
          into: target)
      } else {
        kernels.packPanel(
          source + first, stride: self.columns, depth: depth, columns: columns, into: target)
      }
    }
  }

  /// All weights as the narrow product reads them: [taps][columns][depth].
  func packNarrow(into target: UnsafeMutablePointer<Float>) {
    for (place, tap) in order.enumerated() {
      let source = base + tap * rows * columns
      for column in 0..<productColumns {
        for k in 0..<depth {
          target[(place * productColumns + column) * depth + k] =
            isTransposed ? source[column * columns + k] : source[k * columns + column]
        }
      }
    }
  }
}
