import Compute

/// A layer's output behind its activation, and what the pullback needs of it.
struct Activated {
  /// f(z), z being what the layer computes.
  let values: Values
  private let activation: Activation
  /// f(z) where the derivative can be told from it, z elsewhere.
  private let saved: Values

  /// The output of that shape that `compute` writes, with the activation that it is told to apply.
  init(
    _ shape: [Int], _ activation: Activation,
    compute: (UnsafeMutablePointer<Float>, Activation) -> Void
  ) {
    self.activation = activation
    if activation.differentiatesFromOutput {
      values = Values(shape) { compute($0, activation) }
      saved = values
    } else {
      let z = Values(shape) { compute($0, .identity) }
      values = Values(shape) { activation.apply(z.pointer, into: $0, count: z.count) }
      saved = z
    }
  }

  /// The gradient of z.
  func gradient(_ dy: Values) -> Values {
    guard activation != .identity else { return dy }
    return Values(dy.shape) {
      activation.gradient(
        saved: saved.pointer, dy.pointer, into: $0, count: dy.count)
    }
  }
}
