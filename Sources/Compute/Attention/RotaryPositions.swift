import KernelInterface

/// Queries and keys turned by angles that grow with their place, so that their products depend on the
/// distance alone; on the way, each head may be divided by its root mean square.
///
/// Elements i and i + D / 2 of a head are turned together by position / base^(2i / D), as in GPT-NeoX
/// and Llama. Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding" (2021); for
/// the norm, Henry et al., "Query-Key Normalization for Transformers" (2020).
public struct RotaryPositions: Sendable {
  private let batch: Int
  private let length: Int
  private let heads: Int
  private let headSize: Int
  private let firstPosition: Int
  private let table: RotaryTable
  private let epsilon: Float?

  /// Rotations of `batch` sequences of `length` positions from `firstPosition` on.
  ///
  /// - Parameters:
  ///   - headSize: D, an even number.
  ///   - base: nil for no rotation.
  ///   - normEpsilon: what is added to a head's mean square; nil for no norm.
  public init(
    batch: Int, length: Int, heads: Int, headSize: Int, firstPosition: Int = 0,
    base: Float? = 10000, normEpsilon: Float? = nil
  ) {
    precondition(
      batch >= 0 && length >= 0 && heads > 0 && headSize > 0 && headSize % 2 == 0
        && firstPosition >= 0 && base ?? 1 > 0,
      "rotary positions of [\(batch), \(length)] from \(firstPosition) on, "
        + "\(heads) heads of \(headSize), base \(base ?? 0)")
    (self.batch, self.length, self.heads, self.headSize) = (batch, length, heads, headSize)
    (self.firstPosition, epsilon) = (firstPosition, normEpsilon)
    table = RotaryTable.shared(
      headSize: headSize, base: base, positions: firstPosition + length)
  }

  /// y [batch, length, 3 heads D] = x with queries and keys normalized and turned, values as they are.
  public func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    // Two products and a sum for each element of queries and keys; x^2, its sum and a product before.
    count(operations: epsilon == nil ? 3 : 6, arrays: 2)
    let kernels = InstructionSet.current.kernels
    forEachPosition { start, position in kernels.rotate(x + start, into: y + start, position) }
  }

  /// The first position, as the kernel takes it.
  var first: RotaryPosition {
    RotaryPosition(
      heads: heads, headSize: headSize, turns: table.turns(firstPosition), epsilon: epsilon)
  }

  /// dx = or += the gradient for dy, both like x.
  ///
  /// - Parameter x: the input; without a norm it is not needed.
  public func gradient(
    _ x: UnsafePointer<Float>?, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    precondition(x != nil || epsilon == nil, "the gradient of a norm without its input")
    // With a norm: also what is normalized, its squares and their sum (3), its products with the
    // gradient, their sum, and (dn - n mean(n dn)) inverse (5).
    count(
      operations: epsilon == nil ? 3 : 11, arrays: epsilon == nil ? 2 : 3, accumulate: accumulate)
    let kernels = InstructionSet.current.kernels
    forEachPosition { start, position in
      kernels.rotateGradient(
        (x ?? dy) + start, dy + start, into: dx + start, accumulate: accumulate, position)
    }
  }

  /// Counts the arithmetic of an element of queries and keys, the arrays of all parts, and the turns.
  private func count(operations: Int, arrays: Int, accumulate: Bool = false) {
    let elements = batch * length * heads * headSize
    Work.add(operations: 2 * operations * elements, floats: length * headSize)
    Work.add(elements: 3 * elements, operations: 0, arrays: arrays, accumulate: accumulate)
  }

  private func forEachPosition(_ body: (_ start: Int, _ position: RotaryPosition) -> Void) {
    let channels = 3 * heads * headSize
    ThreadPool.shared.forEachPiece(ofRows: batch * length, columns: channels) { first, count in
      for row in first..<first + count {
        let turns = table.turns(firstPosition + row % length)
        let position = RotaryPosition(
          heads: heads, headSize: headSize, turns: turns, epsilon: epsilon)
        body(row * channels, position)
      }
    }
  }
}
