import KernelInterface

extension Native: MathKernels {
  static func map(
    _ function: ElementaryFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    let whole = count & ~15
    var i = 0
    while i < whole {
      store(apply(function, load(x + i)), y + i)
      i = i &+ 16
    }
    if whole < count {
      let rest = count &- whole
      storePart(apply(function, loadPart(x + whole, rest, fill: 1)), y + whole, rest)
    }
  }

  @inline(__always)
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
