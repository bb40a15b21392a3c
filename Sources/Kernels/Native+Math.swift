import KernelInterface

extension Native: MathKernels {
  static func map(
    _ function: ElementaryFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    switch function {
    case .exp: mapExp(x, y, count)
    case .log: mapLog(x, y, count)
    case .sin: mapSin(x, y, count)
    case .cos: mapCos(x, y, count)
    case .tanh: mapTanh(x, y, count)
    case .sigmoid: mapSigmoid(x, y, count)
    case .erf: mapErf(x, y, count)
    case .softplus: mapSoftplus(x, y, count)
    case .squareRoot: mapSquareRoot(x, y, count)
    case .reciprocalSquareRoot: mapReciprocalSquareRoot(x, y, count)
    }
  }

  // One function each: in a function as large as all of them, the compiler no longer inlines what the
  // standard library does not force it to, such as loads and stores.

  private typealias Input = UnsafePointer<Float>
  private typealias Output = UnsafeMutablePointer<Float>

  @inline(never)
  private static func mapExp(_ x: Input, _ y: Output, _ count: Int) { each(exp, x, y, count) }

  @inline(never)
  private static func mapLog(_ x: Input, _ y: Output, _ count: Int) { each(log, x, y, count) }

  @inline(never)
  private static func mapSin(_ x: Input, _ y: Output, _ count: Int) { each(sin, x, y, count) }

  @inline(never)
  private static func mapCos(_ x: Input, _ y: Output, _ count: Int) { each(cos, x, y, count) }

  @inline(never)
  private static func mapTanh(_ x: Input, _ y: Output, _ count: Int) { each(tanh, x, y, count) }

  @inline(never)
  private static func mapSigmoid(_ x: Input, _ y: Output, _ count: Int) {
    each(sigmoid, x, y, count)
  }

  @inline(never)
  private static func mapErf(_ x: Input, _ y: Output, _ count: Int) { each(erf, x, y, count) }

  @inline(never)
  private static func mapSoftplus(_ x: Input, _ y: Output, _ count: Int) {
    each(softplus, x, y, count)
  }

  @inline(never)
  private static func mapSquareRoot(_ x: Input, _ y: Output, _ count: Int) {
    each(squareRoot, x, y, count)
  }

  @inline(never)
  private static func mapReciprocalSquareRoot(_ x: Input, _ y: Output, _ count: Int) {
    each(reciprocalSquareRoot, x, y, count)
  }

  /// Inlined, and `function` with it.
  @inline(always)
  private static func each(
    _ function: (Vector) -> Vector, _ x: Input, _ y: Output, _ count: Int
  ) {
    var i = 0
    while i < count {
      store(function(load(x + i, left: count &- i, fill: 1)), y + i, left: count &- i)
      i = i &+ 16
    }
  }
}
