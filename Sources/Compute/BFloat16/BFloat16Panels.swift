import KernelInterface

/// The columns of a right operand in panels of 32: [panel][chunk][2 tiles][1024 bytes].
struct BFloat16Panels {
  let columns: Int
  let chunks: Int

  /// How many bytes a chunk of a row of a left operand has.
  static let chunkBytes = 2 * bfloat16Chunk
  /// How many columns a tile has.
  static let tileColumns = bfloat16Side / 2
  /// How many bytes a tile has.
  static let tileBytes = tileColumns * chunkBytes

  /// Panels of so many columns, with a depth in chunks.
  init(columns: Int, chunks: Int) { (self.columns, self.chunks) = (columns, chunks) }

  /// How many chunks a depth has.
  static func chunks(_ depth: Int) -> Int { (depth + bfloat16Chunk - 1) / bfloat16Chunk }

  var count: Int { (columns + bfloat16Side - 1) / bfloat16Side }

  /// How many bytes a panel has.
  var bytes: Int { chunks * 2 * Self.tileBytes }

  /// How many floats take as much room as all panels.
  var size: Int { count * bytes / 4 }

  /// How many columns of panel `index` count.
  func columns(_ index: Int) -> Int { min(bfloat16Side, columns - index * bfloat16Side) }

  /// Calls `body` for both tiles of a chunk of a panel, with how many columns count and which is the first.
  func forEachTile(
    of index: Int, chunk: Int, in panel: UnsafeMutableRawPointer,
    _ body: (_ tile: UnsafeMutableRawPointer, _ first: Int, _ columns: Int) -> Void
  ) {
    for side in 0..<2 {
      let first = index * bfloat16Side + side * Self.tileColumns
      body(
        panel + (chunk * 2 + side) * Self.tileBytes, first,
        max(0, min(Self.tileColumns, columns - first)))
    }
  }
}

/// The scratch memory of a task that multiplies bfloat16 numbers: rows of the left operand, and where those of the result
/// lie.
struct BFloat16Rows {
  /// Bytes from one row of the left operand to the next: a chunk more than it has, since at distances that are
  /// powers of two rows would drive each other out of the cache.
  let pitch: Int
  private let chunks: Int
  private let packed: Workspace.Piece<UInt8>
  private let outputs: Workspace.Piece<UnsafeMutableRawPointer>
  private let spill: Workspace.Piece<Float>

  /// Sets room aside for `count` rows of so many chunks.
  init(_ workspace: inout Workspace, count: Int, chunks: Int) {
    self.chunks = chunks
    pitch = (chunks + 1) * BFloat16Panels.chunkBytes
    // Rows are multiplied by the block, and written by the tile.
    let room = (count + bfloat16Side - 1) / bfloat16Side * bfloat16Side + BFloat16Panels.tileColumns
    packed = workspace.reserve(UInt8.self, room * pitch)
    outputs = workspace.reserve(UnsafeMutableRawPointer.self, room)
    spill = workspace.reserve(Float.self, bfloat16Side * bfloat16Side)
  }

  /// Row `index` of the left operand.
  func row(_ index: Int, _ space: Workspace) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(space[packed]) + index * pitch
  }

  /// The rows of the result.
  func outputs(_ space: Workspace) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    space[outputs]
  }

  /// The product of `count` rows and panel `index`.
  func product(
    _ space: Workspace, count: Int, _ panels: BFloat16Panels, _ index: Int,
    _ panel: UnsafeRawPointer, outputPitch: Int, accumulate: Bool
  ) -> BFloat16Tiles {
    var tiles = BFloat16Tiles(
      rows: UnsafeRawPointer(space[packed]), pitch: pitch, count: count, panel: panel,
      chunks: panels.chunks, columns: panels.columns(index),
      outputs: UnsafePointer(space[outputs]), spill: space[spill])
    tiles.outputOffset = index * bfloat16Side * 4
    tiles.outputPitch = outputPitch
    tiles.accumulate = accumulate
    return tiles
  }
}
