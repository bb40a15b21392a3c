import KernelInterface

/// A long short-term memory through whole sequences: Hochreiter and Schmidhuber, "Long Short-Term
/// Memory" (1997), with the forget gate of Gers et al. (2000).
///
/// Gates lie side by side in PyTorch's order: input, forget, cell, output.
public struct LongShortTermMemory: Equatable, Sendable {
  private let loop: RecurrentLoop
  private var size: Int { loop.size }

  /// `batch` sequences of `steps` steps, and a state of `size` elements.
  public init(batch: Int, steps: Int, size: Int) {
    precondition(
      batch >= 0 && steps >= 0 && size > 0, "a memory of \(size), [\(batch), \(steps)] steps")
    loop = RecurrentLoop(batch: batch, steps: steps, size: size, gates: 4)
  }

  /// What is before the first step: the hidden and the cell's states, [B, H] each.
  public struct State {
    let hidden: UnsafePointer<Float>
    let cell: UnsafePointer<Float>

    /// The two states.
    public init(hidden: UnsafePointer<Float>, cell: UnsafePointer<Float>) {
      (self.hidden, self.cell) = (hidden, cell)
    }
  }

  /// Computes all states.
  ///
  /// - Parameters:
  ///   - input: the inputs' products with their weight, [B, T, 4 H].
  ///   - bias: what is added to them, [4 H].
  ///   - weight: that of the hidden states, [H, 4 H].
  ///   - matrix: the same in low precision, which a single step reads in its place.
  ///   - gates: the gates, [B, T, 4 H], for the backward pass.
  ///   - cell: the cells' states, [B, T, H].
  ///   - hidden: the hidden states, [B, T, H].
  public func forward(
    _ input: UnsafePointer<Float>, bias: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    matrix: LowPrecisionMatrix? = nil, from initial: State, into gates: UnsafeMutablePointer<Float>,
    cell: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
  ) {
    // Four gates of two sums and an activation, f c + i g, and o tanh c; reads the inputs, the bias and
    // the first cells, writes gates, cells and states.
    let states = loop.batch * loop.steps * size
    Work.add(operations: 17 * states, floats: 10 * states + (4 + loop.batch) * size)
    let (kernels, size) = (InstructionSet.current.kernels, size)
    loop.forward(weight: weight, matrix, initial: initial.hidden, hidden: hidden) {
      place, products in
      let sums = GateSums(
        input: input + place.index * 4 * size, recurrent: products, bias: bias)
      kernels.lstmCell(
        sums, cell: loop.before(place, cell, initial.cell), size: size,
        into: gates + place.index * 4 * size, nextCell: cell + place.index * size,
        hidden: hidden + place.index * size)
    }
  }

  /// Goes back through time.
  ///
  /// - Parameters:
  ///   - dy: the gradient of the hidden states, [B, T, H].
  ///   - products: the gradient of the inputs' products, which is that of the hidden states' products
  ///     with their weight, too: [B, T, 4 H].
  ///   - dh: zeros; in the end the gradient of the initial hidden states, [B, H].
  ///   - dc: the same for the cells' states.
  public func gradients(
    gates: UnsafePointer<Float>, cell: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    from initial: State, _ dy: UnsafePointer<Float>, into products: UnsafeMutablePointer<Float>,
    dh: UnsafeMutablePointer<Float>, dc: UnsafeMutablePointer<Float>
  ) {
    // dh and tanh c (2), the output gate (3), dc (4), the other gates (9), and dc of the step before
    // (1); reads gates, cells and dy, writes the products' gradient.
    let states = loop.batch * loop.steps * size
    Work.add(operations: 19 * states, floats: 10 * states + 5 * loop.batch * size)
    let (kernels, size) = (InstructionSet.current.kernels, size)
    loop.backward(weight: weight, products: products, hidden: dh) { place, hidden in
      kernels.lstmCellGradient(
        gates: gates + place.index * 4 * size, cell: loop.before(place, cell, initial.cell),
        nextCell: cell + place.index * size, dy + place.index * size, size: size, hidden,
        dc + place.row * size, into: products + place.index * 4 * size)
    }
  }

  /// The gradient of the weight, given that of the products.
  public func weightGradient(
    from initial: State, hidden: UnsafePointer<Float>, products: UnsafePointer<Float>,
    into weight: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    loop.weightGradient(
      initial: initial.hidden, hidden: hidden, products: products, into: weight,
      accumulate: accumulate)
  }
}
