import KernelInterface

extension Native: LossKernels {
  static func binaryCrossEntropy(
    _ x: UnsafePointer<Float>, count: Int, targets: UnsafePointer<Float>?, target: Float
  ) -> Float {
    var loop = BinaryCrossEntropyLoop(x: x, targets: Targets(each: targets, all: target))
    loop.run(count)
    return sum(loop.total)
  }

  static func binaryCrossEntropyGradient(
    _ x: UnsafePointer<Float>, count: Int, targets: UnsafePointer<Float>?, target: Float,
    scale: Float, into dx: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    var loop = BinaryCrossEntropyGradientLoop(
      x: x, dx: dx, targets: Targets(each: targets, all: target), scale: scale,
      accumulate: accumulate)
    loop.run(count)
  }
}

/// A target for each element, or one for all.
private struct Targets {
  let each: UnsafePointer<Float>?
  let all: Float

  @inline(always)
  func at(_ i: Int, left: Int) -> Vector {
    if let each { load(each + i, left: left) } else { Vector(repeating: all) }
  }
}

private struct BinaryCrossEntropyLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let targets: Targets
  var total = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let value = load(x + i, left: left)
    total += firstLanes(fma(value, -targets.at(i, left: left), softplus(value)), left)
  }
}

private struct BinaryCrossEntropyGradientLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let targets: Targets
  let scale: Float
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let gradient = (sigmoid(load(x + i, left: left)) - targets.at(i, left: left)) * scale
    store(gradient, dx + i, left: left, accumulate: accumulate)
  }
}
