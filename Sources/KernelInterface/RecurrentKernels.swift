/// What recurrent layers do to one row at one step, between their matrix products.
///
/// A row of gates has one part of `size` elements for each gate, side by side, in PyTorch's order.
public protocol RecurrentKernels {
  /// The cell of a long short-term memory.
  ///
  /// i, f, g, o = sigmoid, sigmoid, tanh, sigmoid of input + recurrent + bias; the cell's state
  /// becomes f c + i g, and the hidden state o tanh of that.
  static func lstmCell(
    _ sums: GateSums, cell: UnsafePointer<Float>, size: Int,
    into gates: UnsafeMutablePointer<Float>, nextCell: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>)

  /// Its gradient: from that of the hidden state, dh + dy, and of the cell's state, dc, to those of the
  /// sums; dc becomes the gradient of the state before, and dh what reaches the hidden state before on
  /// other ways than through the sums, which is nothing.
  static func lstmCellGradient(
    gates: UnsafePointer<Float>, cell: UnsafePointer<Float>, nextCell: UnsafePointer<Float>,
    _ dy: UnsafePointer<Float>, size: Int, _ dh: UnsafeMutablePointer<Float>,
    _ dc: UnsafeMutablePointer<Float>, into sums: UnsafeMutablePointer<Float>)

  /// The cell of a gated recurrent unit.
  ///
  /// With s = recurrent + recurrentBias: r, z = sigmoid of input + bias + s, n = tanh of
  /// input + bias + r s; the hidden state becomes (1 - z) n + z h. The fourth part of `gates` is the
  /// third of s.
  static func gruCell(
    _ sums: GateSums, recurrentBias: UnsafePointer<Float>, previous: UnsafePointer<Float>,
    size: Int,
    into gates: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>)

  /// Its gradient: from that of the hidden state, dh + dy, to those of the input's sums and of s; dh
  /// becomes what reaches the hidden state before on other ways than through s.
  static func gruCellGradient(
    gates: UnsafePointer<Float>, previous: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    size: Int, _ dh: UnsafeMutablePointer<Float>, into input: UnsafeMutablePointer<Float>,
    recurrent: UnsafeMutablePointer<Float>)
}

/// What comes to the gates of one row: products with weights, and a bias.
public struct GateSums {
  /// From the input.
  public let input: UnsafePointer<Float>
  /// From the hidden state.
  public let recurrent: UnsafePointer<Float>
  /// Added to the input's.
  public let bias: UnsafePointer<Float>

  /// Sums of those parts.
  public init(
    input: UnsafePointer<Float>, recurrent: UnsafePointer<Float>, bias: UnsafePointer<Float>
  ) {
    (self.input, self.recurrent, self.bias) = (input, recurrent, bias)
  }
}
