import Autograd
import Compute

/// Keeps the largest singular value of a weight at about 1: Miyato et al., "Spectral Normalization for Generative
/// Adversarial Networks" (2018).
///
/// The singular vectors come by power iteration, of which training asks for one a step: passes leave them as
/// they are, so that all passes of a step see one weight.
public struct SpectralNorm: Module {
  /// On the side of the outputs, [outputs]; zeros before the first iteration.
  public let u: Buffer
  /// On the side of all that an output reads, [M].
  public let v: Buffer

  /// How many iterations come before the first, as in PyTorch.
  private static let firstIterations = 15

  /// The norm of weights of that shape, [..., outputs].
  public init(ofWeight shape: [Int]) {
    let rows = shape.dropLast().reduce(1, *)
    u = Buffer([shape[shape.count - 1]], repeating: 0)
    v = Buffer([rows], repeating: 1 / Float(max(rows, 1)).squareRoot())
  }

  /// A power iteration: u = W^T v and v = W u, each brought to length 1; the first time there are more.
  public func iterate(_ weight: Parameter) {
    let count = isNew ? 1 + Self.firstIterations : 1
    let (w, columns, rows) = (weight.values.pointer, u.count, v.count)
    for _ in 0..<count {
      Self.set(u) { [v] in
        MatrixProduct(m: 1, n: columns, k: rows)(v.values.pointer, w, into: $0)
      }
      Self.set(v) { [u] in
        MatrixProduct(m: 1, n: rows, k: columns, transposeB: true)(u.values.pointer, w, into: $0)
      }
    }
  }

  /// Whether there has been no iteration, which leaves no zeros.
  private var isNew: Bool { u.values.elements.allSatisfy { $0 == 0 } }

  /// Sets a vector to what `product` writes, at length 1.
  private static func set(_ vector: Buffer, _ product: (UnsafeMutablePointer<Float>) -> Void) {
    let next = Values(vector.shape) { product($0) }
    let length = Reductions.sumOfSquares(next.pointer, count: next.count).squareRoot()
    Elementwise.transform(
      .affine(scale: Float(1 / max(length, 1e-12)), offset: 0), next.pointer,
      into: vector.values.storage.base, count: next.count)
  }

  /// The weight over its largest singular value.
  public func callAsFunction(_ weight: Tensor) -> Tensor {
    precondition(
      !isNew || MemoryPlan.isRehearsal || Abandonment.isGivenUp,
      "a spectral norm before its first power iteration")
    // A pullback needs the vectors as they are now.
    return spectralNorm(weight, u: Self.copy(u.values), v: Self.copy(v.values))
  }

  private static func copy(_ values: Values) -> Values {
    Values(values.shape) { Elementwise.copy(values.pointer, into: $0, count: values.count) }
  }
}
