/// The elementary functions that `MathKernels` maps over an array.
public enum ElementaryFunction: Sendable, CaseIterable {
  case exp, log, sin, cos, tanh, sigmoid, erf, softplus, squareRoot, reciprocalSquareRoot
}

/// Elementary functions, written without the system's mathematical library so that they have the same
/// bits on every machine. Errors are in units of the last place (ULP); denormal results are 0.
public protocol MathKernels {
  /// y[i] = function(x[i]) for `count` elements; `y` may be `x`.
  static func map(
    _ function: ElementaryFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int)
}
