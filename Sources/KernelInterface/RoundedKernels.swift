/// Products of bfloat16 numbers with sums in Float32, in the order in which Intel's matrix unit (AMX) sums them.
///
/// The depth is cut into chunks of 32, filled up with zeros. Of each chunk the products of the first sixteen pairs
/// are summed one after the other, and so are those of the last sixteen, each product added with one rounding; both
/// sums are added, and then added to the result. Denormal numbers count as zero, before and after.
///
/// The left operand lies row by row, the right one in tiles of a chunk by sixteen columns, [16][16][2]: element i of a
/// chunk and element i + 16 are neighbors in both. A chunk of a row has 64 bytes, a tile 1024.
public protocol RoundedKernels {
  /// Rounds `count` floats to the nearest bfloat16, to even between two, and fills up the last chunk with zeros.
  static func packChunks(
    _ source: UnsafePointer<Float>, count: Int, into chunks: UnsafeMutableRawPointer)

  /// Copies `count` runs of `bytes` bytes, a multiple of 64, `pitch` apart, from sources `step` bytes apart; without a
  /// source, zeros.
  static func copyChunks(
    _ source: UnsafeRawPointer?, step: Int, count: Int, bytes: Int,
    into target: UnsafeMutableRawPointer, pitch: Int)

  /// A chunk of `columns` columns, at most sixteen, as sixteen rows of a left operand, `pitch` bytes apart; rows without
  /// a column are zeros. Element i of the columns begins `offset` floats behind `rows[i]`.
  static func packTransposedChunk(
    _ rows: UnsafePointer<UnsafePointer<Float>>, offset: Int, columns: Int,
    into target: UnsafeMutableRawPointer, pitch: Int)

  /// A tile of `columns` columns, at most sixteen, filled up with zeros; element i of the columns begins `offset`
  /// floats behind `rows[i]`.
  static func packTile(
    _ rows: UnsafePointer<UnsafePointer<Float>>, offset: Int, columns: Int,
    into tile: UnsafeMutableRawPointer)

  /// The same from columns that lie contiguously, `stride` floats apart; of each, `depth` floats count, at most 32.
  static func packTransposedTile(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into tile: UnsafeMutableRawPointer)

  /// The two tiles of a chunk of 32 pixels with 32 channels, which are rounded already: a chunk of each pixel begins
  /// `offset` bytes behind `pixels[i]`.
  static func packPixels(
    _ pixels: UnsafePointer<UnsafeRawPointer>, offset: Int, into tiles: UnsafeMutableRawPointer)

  /// The same with the channels as rows of a left operand, `pitch` bytes apart.
  static func packTransposedPixels(
    _ pixels: UnsafePointer<UnsafeRawPointer>, offset: Int, into target: UnsafeMutableRawPointer,
    pitch: Int)

  /// C = or += A B.
  static func multiply(_ product: BFloat16Tiles)
}

/// Rows of a left operand times one panel of a right one: the two tiles of 32 columns, chunk after chunk.
public struct BFloat16Tiles {
  /// The first row of A; rows up to the next multiple of 32 must be readable.
  public var rows: UnsafeRawPointer
  /// Bytes from one row of A to the next.
  public var pitch: Int
  /// How many rows count.
  public var count: Int
  /// The panel, [chunks][2][1024 bytes].
  public var panel: UnsafeRawPointer
  /// How many chunks the depth has.
  public var chunks: Int
  /// How many columns of the panel count.
  public var columns: Int
  /// The rows of C, [count].
  public var outputs: UnsafePointer<UnsafeMutableRawPointer>
  /// Bytes behind the pointers in `outputs`.
  public var outputOffset = 0
  /// Bytes from one row of C to the next, where they are evenly spaced, or 0.
  public var outputPitch = 0
  /// Memory for 32 rows of 32 floats, where rows or columns do not all count.
  public var spill: UnsafeMutablePointer<Float>
  /// Whether sums start from what is in C.
  public var accumulate = false

  /// A product with those operands; the rest is set one by one.
  public init(
    rows: UnsafeRawPointer, pitch: Int, count: Int, panel: UnsafeRawPointer, chunks: Int,
    columns: Int, outputs: UnsafePointer<UnsafeMutableRawPointer>,
    spill: UnsafeMutablePointer<Float>
  ) {
    (self.rows, self.pitch, self.count) = (rows, pitch, count)
    (self.panel, self.chunks, self.columns) = (panel, chunks, columns)
    (self.outputs, self.spill) = (outputs, spill)
  }
}

/// How many elements of the depth a chunk has.
public let bfloat16Chunk = 32

/// How many columns a panel of a right operand has, and how many rows of a left one are multiplied at a time.
public let bfloat16Side = 32
