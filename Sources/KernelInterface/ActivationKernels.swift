/// Activations, element by element; each output may be the input that it is computed from.
public protocol ActivationKernels {
  /// y = f(x) for `count` elements.
  static func activate(
    _ activation: Activation, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    count: Int)

  /// dx = or += f' dy for `count` elements; `saved` is f's value where the activation
  /// `differentiatesFromOutput`, elsewhere its argument.
  static func activationGradient(
    _ activation: Activation, saved: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    into dx: UnsafeMutablePointer<Float>, count: Int, accumulate: Bool)
}
