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

  /// y [rows, columns] = silu(a) b, where a row of x is `columns` elements of a, then those of b.
  static func gatedSilu(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>)

  /// dx = or += the gradient of `gatedSilu`, side by side like x.
  static func gatedSiluGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool)
}
