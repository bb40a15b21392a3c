import KernelInterface

extension Native: MathKernels {
  static func map(
    _ function: ElementaryFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    var i = 0
    while i < count {
      let x = load(x + i, atMost: count &- i, fill: 1)
      store(apply(function, x), y + i, atMost: count &- i)
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
