import Compute

/// Where the gradient of a tensor goes: what a pullback keeps of an input whose values it does not need.
public struct GradientTarget {
  let node: Tape.Node?
  /// The shape of the tensor, and of its gradient.
  public let shape: [Int]

  /// How many elements there are.
  public var count: Int { shape.reduce(1, *) }
}

/// What a pullback keeps of an input whose values it needs: the values, or where they cost little the
/// way to make them again, from what other pullbacks keep anyway.
///
/// A norm's output is read by the layer behind it, whose gradient needs it; but the norm itself keeps
/// its input, so that the output need not be kept, too. Chen et al., "Training Deep Nets with Sublinear
/// Memory Cost" (2016).
public struct SavedTensor {
  /// Where the gradient goes.
  public let gradientTarget: GradientTarget
  private let content: Content

  private enum Content {
    case values(Values)
    case recomputed(Recomputed)
  }

  init(_ tensor: Tensor) {
    gradientTarget = tensor.gradientTarget
    content = tensor.recomputed.map(Content.recomputed) ?? .values(tensor.values)
  }

  /// The values, the same bits as in the forward pass.
  public var values: Values {
    switch content {
    case .values(let values): values
    case .recomputed(let recomputed): recomputed.values
    }
  }
}

/// Values that are made again in the backward pass, once for all who ask, and go when the last of these
/// has run.
final class Recomputed {
  private let make: () -> Values
  private(set) lazy var values = make()

  init(_ make: @escaping () -> Values) { self.make = make }
}

extension Tensor {
  /// This tensor without its values, for a pullback.
  public var gradientTarget: GradientTarget { GradientTarget(node: node, shape: shape) }

  /// This tensor for a pullback that needs its values.
  public var saved: SavedTensor { SavedTensor(self) }
}
