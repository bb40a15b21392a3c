import KernelInterface

extension Native: LossKernels {
  static func binaryCrossEntropy(
    _ x: UnsafePointer<Float>, count: Int, target: Float
  ) -> Float {
    var loop = BinaryCrossEntropyLoop(x: x, target: target)
    loop.run(count)
    return sum(loop.total)
  }

  static func binaryCrossEntropyGradient(
    _ x: UnsafePointer<Float>, count: Int, target: Float, scale: Float,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    var loop = BinaryCrossEntropyGradientLoop(
      x: x, dx: dx, target: target, scale: scale, accumulate: accumulate)
    loop.run(count)
  }
}

private struct BinaryCrossEntropyLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let target: Float
  var total = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let value = load(x + i, left: left)
    total += firstLanes(fma(value, -target, softplus(value)), left)
  }
}

private struct BinaryCrossEntropyGradientLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let target: Float
  let scale: Float
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let gradient = (sigmoid(load(x + i, left: left)) - target) * scale
    store(gradient, dx + i, left: left, accumulate: accumulate)
  }
}
