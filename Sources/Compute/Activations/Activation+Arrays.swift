import KernelInterface

extension Activation {
  /// y = f(x) for `count` elements; `y` may be `x`.
  public func apply(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    let kernels = InstructionSet.current.kernels
    let blocks = Blocks(count, target: Self.elementsPerTask, multiple: 16)
    ThreadPool.shared.run(blocks.count) { task, _ in
      let range = blocks.range(task)
      kernels.activate(
        self, x + range.lowerBound, into: y + range.lowerBound, count: range.count)
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
    let kernels = InstructionSet.current.kernels
    let blocks = Blocks(count, target: Self.elementsPerTask, multiple: 16)
    ThreadPool.shared.run(blocks.count) { task, _ in
      let range = blocks.range(task)
      kernels.activationGradient(
        self, saved: saved + range.lowerBound, dy + range.lowerBound,
        into: dx + range.lowerBound, count: range.count, accumulate: accumulate)
    }
  }

  /// 64 KB of an array, which pay for the task and share a second-level cache with two more.
  private static let elementsPerTask = 1 << 14
}
