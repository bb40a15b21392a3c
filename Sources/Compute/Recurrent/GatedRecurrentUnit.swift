import KernelInterface

/// A gated recurrent unit through whole sequences: Cho et al., "Learning Phrase Representations using
/// RNN Encoder-Decoder" (2014), with the reset gate behind the product, as cuDNN and PyTorch have it.
///
/// Gates lie side by side in PyTorch's order: reset, update, new.
public struct GatedRecurrentUnit: Equatable, Sendable {
  private let loop: RecurrentLoop
  private var size: Int { loop.size }

  /// `batch` sequences of `steps` steps, and a state of `size` elements.
  public init(batch: Int, steps: Int, size: Int) {
    precondition(
      batch >= 0 && steps >= 0 && size > 0, "a unit of \(size), [\(batch), \(steps)] steps")
    loop = RecurrentLoop(batch: batch, steps: steps, size: size, gates: 3)
  }

  /// Computes all states.
  ///
  /// - Parameters:
  ///   - input: the inputs' products with their weight, [B, T, 3 H].
  ///   - bias: what is added to them, [3 H].
  ///   - weight: that of the hidden states, [H, 3 H].
  ///   - matrix: the same in low precision, which a single step reads in its place.
  ///   - recurrentBias: what is added to the hidden states' products with it, [3 H].
  ///   - initial: the hidden states before the first step, [B, H].
  ///   - gates: what the backward pass needs, [B, T, 4 H].
  ///   - hidden: the hidden states, [B, T, H].
  public func forward(
    _ input: UnsafePointer<Float>, bias: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    matrix: LowPrecisionMatrix? = nil, recurrentBias: UnsafePointer<Float>,
    from initial: UnsafePointer<Float>, into gates: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>
  ) {
    // Two gates of three sums and an activation (8), the new state (5), and (1 - z) n + z h (4); reads
    // the inputs and both biases, writes gates and states.
    let states = loop.batch * loop.steps * size
    Work.add(operations: 17 * states, floats: 8 * states + 6 * size)
    let (kernels, size) = (InstructionSet.current.kernels, size)
    loop.forward(weight: weight, matrix, initial: initial, hidden: hidden) { place, products in
      let sums = GateSums(
        input: input + place.index * 3 * size, recurrent: products, bias: bias)
      kernels.gruCell(
        sums, recurrentBias: recurrentBias, previous: loop.before(place, hidden, initial),
        size: size,
        into: gates + place.index * 4 * size, hidden: hidden + place.index * size)
    }
  }

  /// Goes back through time.
  ///
  /// - Parameters:
  ///   - dy: the gradient of the hidden states, [B, T, H].
  ///   - input: the gradient of the inputs' products, [B, T, 3 H].
  ///   - products: that of the hidden states' products with their weight, [B, T, 3 H].
  ///   - dh: zeros; in the end the gradient of the initial hidden states, [B, H].
  public func gradients(
    gates: UnsafePointer<Float>, hidden: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    from initial: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    into input: UnsafeMutablePointer<Float>, products: UnsafeMutablePointer<Float>,
    dh: UnsafeMutablePointer<Float>
  ) {
    // dh (1), the new state (4), the update gate (4), the reset gate (4), and dh of the step before
    // (1); reads gates, states and dy, writes both gradients.
    let states = loop.batch * loop.steps * size
    Work.add(operations: 14 * states, floats: 12 * states + 3 * loop.batch * size)
    let (kernels, size) = (InstructionSet.current.kernels, size)
    loop.backward(weight: weight, products: products, hidden: dh) { place, gradient in
      kernels.gruCellGradient(
        gates: gates + place.index * 4 * size, previous: loop.before(place, hidden, initial),
        dy + place.index * size, size: size, gradient, into: input + place.index * 3 * size,
        recurrent: products + place.index * 3 * size)
    }
  }

  /// The gradient of the weight, given that of the products.
  public func weightGradient(
    from initial: UnsafePointer<Float>, hidden: UnsafePointer<Float>,
    products: UnsafePointer<Float>, into weight: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    loop.weightGradient(
      initial: initial, hidden: hidden, products: products, into: weight, accumulate: accumulate)
  }
}
