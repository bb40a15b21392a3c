import KernelInterface

/// The tables of pointers that a run of tiles needs, in a task's scratch memory.
struct TileTables {
  /// The starts of the rows of A, [tiles][taps][6].
  let rows: Workspace.Piece<UnsafeRawPointer>
  /// The rows of C, [rows].
  let outputs: Workspace.Piece<UnsafeMutableRawPointer>
  /// The rows of B that each tap meets, [taps].
  let panels: Workspace.Piece<UnsafeRawPointer>
  /// The rows of a tile that does not count whole, [6].
  let spill: Workspace.Piece<UnsafeMutableRawPointer>
  private let spilled: Workspace.Piece<Float>
  let taps: Int

  /// The widest panel of all instruction sets.
  private static let widest = 64

  /// Sets room aside for `rows` rows of so many taps.
  init(_ workspace: inout Workspace, rows count: Int, taps: Int) {
    let padded = (count + tileRows - 1) / tileRows * tileRows
    rows = workspace.reserve(UnsafeRawPointer.self, padded * taps)
    outputs = workspace.reserve(UnsafeMutableRawPointer.self, padded)
    panels = workspace.reserve(UnsafeRawPointer.self, taps)
    spill = workspace.reserve(UnsafeMutableRawPointer.self, tileRows)
    spilled = workspace.reserve(Float.self, tileRows * Self.widest)
    self.taps = taps
  }

  /// Fills the table of C's rows.
  func fillOutputs(
    _ space: Workspace, rows range: Range<Int>, _ row: (Int) -> UnsafeMutablePointer<Float>
  ) {
    let table = space[outputs]
    for place in 0..<range.count {
      table[place] = UnsafeMutableRawPointer(row(range.lowerBound + place))
    }
  }

  /// Fills the table of A's rows for one tap; the last row is repeated to fill up its tile.
  func fillRows(_ space: Workspace, rows range: Range<Int>, _ row: (Int) -> UnsafePointer<Float>) {
    let table = space[rows]
    let padded = (range.count + tileRows - 1) / tileRows * tileRows
    for place in 0..<padded {
      table[place] = UnsafeRawPointer(row(min(range.lowerBound + place, range.upperBound - 1)))
    }
  }

  /// A product of `count` rows from these tables; depth, columns and offsets are the caller's to set.
  func product(_ space: Workspace, count: Int) -> TileProduct {
    for row in 0..<tileRows {
      space[spill][row] = UnsafeMutableRawPointer(space[spilled] + row * Self.widest)
    }
    var product = TileProduct(
      rows: UnsafePointer(space[rows]), panels: UnsafePointer(space[panels]),
      outputs: UnsafePointer(space[outputs]), spill: UnsafePointer(space[spill]))
    product.count = count
    product.taps = taps
    product.rowsPerTile = taps * tileRows
    return product
  }
}
