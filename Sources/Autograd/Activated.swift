import Compute

/// A layer's output behind its activation, and what its pullback needs of it.
struct Activated {
  /// f(z), z being what the layer computes.
  let values: Values
  /// From the gradient of f(z) to that of z.
  let gradient: Derivative
  /// Makes f(z) again where z is kept.
  let recompute: (() -> Values)?

  /// What a pullback needs: z alone where f(z) can be made from it.
  struct Kept {
    let values: () -> Values
    let gradient: Derivative
  }

  /// This, without f(z) where that can be made again.
  var kept: Kept { Kept(values: recompute ?? { [values] in values }, gradient: gradient) }

  /// The derivative of an activation at a place.
  struct Derivative {
    fileprivate let activation: Activation
    /// f(z) where the derivative can be told from it, z elsewhere; nothing for the identity.
    fileprivate let saved: Values?

    /// The gradient of z.
    func callAsFunction(_ dy: Values) -> Values {
      guard let saved else { return dy }
      return Values(dy.shape) {
        activation.gradient(saved: saved.pointer, dy.pointer, into: $0, count: dy.count)
      }
    }
  }

  /// The output of that shape that `compute` writes, with the activation that it is told to apply.
  init(
    _ shape: [Int], _ activation: Activation,
    compute: (UnsafeMutablePointer<Float>, Activation) -> Void
  ) {
    if activation.differentiatesFromOutput {
      let y = Values(shape) { compute($0, activation) }
      values = y
      gradient = Derivative(activation: activation, saved: activation == .identity ? nil : y)
      recompute = nil
    } else {
      let z = Values(shape) { compute($0, .identity) }
      let make = { Values(shape) { activation.apply(z.pointer, into: $0, count: z.count) } }
      values = make()
      gradient = Derivative(activation: activation, saved: z)
      recompute = make
    }
  }
}
