/// The micro-kernels of matrix products and convolutions, and the copies that prepare their operands.
public protocol MatrixKernels {
  /// How many columns a full panel of the right operand has: a multiple of 16.
  static var panelWidth: Int { get }

  /// Tiles of six rows of C = or += A B, for one panel of B.
  ///
  /// The sum of an element runs over taps and depth in order, each product added with one rounding;
  /// it starts at zero and is stored, or added once to what is there.
  static func multiply(_ product: TileProduct)

  /// The same product for at most four columns, by dot products along the depth.
  ///
  /// Here `step` is that of contiguous floats, and `panels` hold [columns][depth] for each tap. An
  /// element's sum runs in sixteen lanes, which are added at the end.
  static func multiplyNarrow(_ product: TileProduct)

  /// One row of C = or += A B for `columns` columns, with B [depth][stride] read where it lies: for a
  /// row alone, packing would cost more than the product. Sums run as in `multiply`.
  static func multiplyRow(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into c: UnsafeMutablePointer<Float>, accumulate: Bool)

  /// Copies a panel of a right operand: row k of `panel` takes `columns` floats from
  /// `source + k * stride`, followed by zeros up to the next multiple of 16.
  static func packPanel(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into panel: UnsafeMutablePointer<Float>)

  /// The same for a right operand that is stored transposed: row k of `panel` takes
  /// `source[column * stride + k]`.
  static func packTransposedPanel(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into panel: UnsafeMutablePointer<Float>)

  /// Copies rows of a left operand that is stored transposed, by sixes: [rows / 6][depth][6], from
  /// `source[k * stride + row]`; the last six are filled up with zeros.
  static func packTransposedRows(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, rows: Int,
    into packed: UnsafeMutablePointer<Float>)

  /// Adds the bias to `count` rows of `columns` floats and applies the activation, in place; the rows
  /// begin `offset` bytes behind the pointers.
  static func finish(
    _ rows: UnsafePointer<UnsafeMutableRawPointer>, count: Int, offset: Int, columns: Int,
    bias: UnsafePointer<Float>?, activation: Activation)
}

/// How many rows of the left operand a tile has.
public let tileRows = 6

/// A run of tiles of a product: six arbitrary rows of A each, times one panel of B.
///
/// A row of A is given in parts, the taps: in a convolution each tap of a pixel is the start of that
/// tap's channels in the image, in a matrix product there is one tap. So padding, stride and
/// transposition are in the pointers alone, and A is never copied.
public struct TileProduct {
  /// How many rows count; there are as many tiles as these need.
  public var count = 0
  /// How many parts the rows of A have.
  public var taps = 1
  /// How many elements of A a part has, and rows of B it meets.
  public var depth = 0
  /// The starts of A's rows, [tiles][taps][6], or [taps][6] for all tiles (`rowsPerTile` 0). Those
  /// that fill up the last tile must be readable, too.
  public var rows: UnsafePointer<UnsafeRawPointer>
  /// From one tile's entries in `rows` to the next: `taps * 6` or 0.
  public var rowsPerTile = 0
  /// Bytes from each pointer in `rows` to the first element, for the first tile.
  public var offset = 0
  /// Bytes that `offset` grows by from tile to tile.
  public var offsetPerTile = 0
  /// Bytes from one element of a row of A to the next.
  public var step = 4
  /// Where each tap's rows of B begin: [taps].
  public var panels: UnsafePointer<UnsafeRawPointer>
  /// Bytes from a row of a panel to the next, where B is read in place; nil where it is packed. In place
  /// whole vectors are read, so the columns are a multiple of 16.
  public var panelStep: Int?
  /// Bytes behind the pointers in `panels`.
  public var panelOffset = 0
  /// How many columns of the panel count.
  public var columns = 0
  /// The rows of C, [count], no two of them the same.
  public var outputs: UnsafePointer<UnsafeMutableRawPointer>
  /// Bytes behind the pointers in `outputs`.
  public var outputOffset = 0
  /// Memory for one tile whose rows or columns do not all count: six rows of a panel's width.
  public var spill: UnsafePointer<UnsafeMutableRawPointer>
  /// Whether to add to C.
  public var accumulate = false

  /// A product with those rows, panels and outputs; the rest is set one by one.
  public init(
    rows: UnsafePointer<UnsafeRawPointer>, panels: UnsafePointer<UnsafeRawPointer>,
    outputs: UnsafePointer<UnsafeMutableRawPointer>, spill: UnsafePointer<UnsafeMutableRawPointer>
  ) {
    self.rows = rows
    self.panels = panels
    self.outputs = outputs
    self.spill = spill
  }
}
