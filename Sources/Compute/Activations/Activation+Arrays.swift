import KernelInterface

extension Activation {
  /// y = f(x) for `count` elements; `y` may be `x`.
  public func apply(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    Work.add(elements: count, operations: 1, arrays: 2)
    Elementwise.forEachPiece(of: count) { kernels, start, count in
      kernels.activate(self, x + start, into: y + start, count: count)
    }
  }

  /// dx = or += f' dy for `count` elements; `dx` may be `dy` or `saved`.
  ///
  /// - Parameter saved: f's value y where the activation `differentiatesFromOutput`, elsewhere its
  ///   argument x.
  public func gradient(
    saved: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    count: Int, accumulate: Bool = false
  ) {
    // f' dy.
    Work.add(elements: count, operations: 2, arrays: 3, accumulate: accumulate)
    Elementwise.forEachPiece(of: count) { kernels, start, count in
      kernels.activationGradient(
        self, saved: saved + start, dy + start, into: dx + start, count: count,
        accumulate: accumulate)
    }
  }
}
