/// Products of a few rows with weights that are held in 16 or 8 bits, and become Float32 in registers.
///
/// What a panel holds of a weight is a float: of a bfloat16 itself, of an integer q from -127 to 127 the product q s with
/// its column's scale s, which is rounded to 16 bits so that each q s is exact. A product has the bits that
/// `MatrixKernels.multiplyRow` has with those floats.
///
/// A panel has 128 columns, filled up with zeros, and lies row by row. A row of bfloat16 has 256 bytes, four vectors of
/// sixteen pairs: columns 32 v + i in the low halves, 32 v + 16 + i in the high ones. A row of integers has 128 bytes, two
/// vectors of sixteen words: byte b of a word belongs to column 64 v + 16 b + i, and is q + 128.
public protocol LowPrecisionKernels {
  /// Rounds a panel of `columns` columns to the nearest bfloat16, to even between two, from rows `stride` floats apart.
  static func packBFloat16Panel(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into panel: UnsafeMutableRawPointer)

  /// The floats that such a panel holds, in rows `stride` floats apart.
  static func unpackBFloat16Panel(
    _ panel: UnsafeRawPointer, depth: Int, columns: Int, into target: UnsafeMutablePointer<Float>,
    stride: Int)

  /// C = or += A B.
  static func multiplyBFloat16Panel(_ product: LowPrecisionRows)

  /// Rounds a panel of `columns` columns to integers, of which the largest of a column is 127 or nearly so, and writes
  /// the 128 columns' scales. A column of zeros, or of numbers below 1e-30, has the scale 0; one with a number that is
  /// not finite has such a scale.
  static func packInt8Panel(
    _ source: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int,
    into panel: UnsafeMutableRawPointer, scales: UnsafeMutablePointer<Float>)

  /// The floats that such a panel holds, in rows `stride` floats apart.
  static func unpackInt8Panel(
    _ panel: UnsafeRawPointer, scales: UnsafePointer<Float>, depth: Int, columns: Int,
    into target: UnsafeMutablePointer<Float>, stride: Int)

  /// C = or += A B.
  static func multiplyInt8Panel(_ product: LowPrecisionRows, scales: UnsafePointer<Float>)
}

/// A few rows times one panel of weights in low precision.
public struct LowPrecisionRows {
  /// The first row of A.
  public var rows: UnsafePointer<Float>
  /// Floats from one row of A to the next.
  public var pitch: Int
  /// How many rows there are, one to `lowPrecisionRows`.
  public var count: Int
  /// How many elements a row has, and rows the panel.
  public var depth: Int
  /// The panel.
  public var panel: UnsafeRawPointer
  /// How many columns of the panel count.
  public var columns: Int
  /// The first row of C.
  public var output: UnsafeMutablePointer<Float>
  /// Floats from one row of C to the next.
  public var outputPitch: Int
  /// Whether to add to C.
  public var accumulate = false

  /// A product with those operands.
  public init(
    rows: UnsafePointer<Float>, pitch: Int, count: Int, depth: Int, panel: UnsafeRawPointer,
    columns: Int, output: UnsafeMutablePointer<Float>, outputPitch: Int
  ) {
    (self.rows, self.pitch, self.count, self.depth) = (rows, pitch, count, depth)
    (self.panel, self.columns) = (panel, columns)
    (self.output, self.outputPitch) = (output, outputPitch)
  }
}

/// How many columns a panel of weights in low precision has.
public let lowPrecisionColumns = 128

/// How many rows are multiplied by such a panel at a time, at most.
public let lowPrecisionRows = 8
