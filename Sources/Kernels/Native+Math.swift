// The protocol in KernelInterface documents these.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import KernelInterface

extension Native: MathKernels {
  static func map(
    _ function: ElementaryFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    var i = 0
    while i < count {
      // One copy of the functions for whole vectors and the rest alike.
      let rest = count &- i
      let value = apply(function, rest < 16 ? loadPart(x + i, rest, fill: 1) : load(x + i))
      if rest < 16 { storePart(value, y + i, rest) } else { store(value, y + i) }
      i = i &+ 16
    }
  }

  @inline(always)
  private static func apply(_ function: ElementaryFunction, _ x: Vector) -> Vector {
    switch function {
    case .exp: exp(x)
    case .log: log(x)
    case .sin: sin(x)
    case .cos: cos(x)
    case .tanh: tanh(x)
    case .sigmoid: sigmoid(x)
    case .erf: erf(x)
    case .softplus: softplus(x)
    case .squareRoot: squareRoot(x)
    case .reciprocalSquareRoot: reciprocalSquareRoot(x)
    }
  }
}
