import KernelInterface

extension Native: SoftmaxKernels {
  static func softmax(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let (from, to) = (x + row &* columns, y + row &* columns)
      let maximum = self.maximum(from, columns)
      var exponentials = ExponentialsLoop(x: from, y: to, maximum: maximum)
      exponentials.run(columns)
      var scaled = ScaleLoop(y: to, factor: 1 / sum(exponentials.total))
      scaled.run(columns)
    }
  }

  static func softmaxGradient(
    _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    for row in 0..<rows {
      let start = row &* columns
      var product = ProductLoop(a: y + start, b: dy + start)
      product.run(columns)
      var gradient = SoftmaxGradientLoop(
        y: y + start, dy: dy + start, dx: dx + start, product: sum(product.total),
        accumulate: accumulate)
      gradient.run(columns)
    }
  }

  static func logSoftmax(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let from = x + row &* columns
      let (maximum, logSum) = logSumExp(from, columns)
      var shifted = ShiftLoop(
        x: from, y: y + row &* columns, maximum: maximum, logSum: logSum)
      shifted.run(columns)
    }
  }

  static func logSoftmaxGradient(
    _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, columns: Int,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    for row in 0..<rows {
      let start = row &* columns
      var gradient = LogSoftmaxGradientLoop(
        y: y + start, dy: dy + start, dx: dx + start, total: sum(dy + start, columns),
        accumulate: accumulate)
      gradient.run(columns)
    }
  }

  static func crossEntropy(
    _ x: UnsafePointer<Float>, targets: UnsafePointer<Int32>, rows: Int, columns: Int,
    into losses: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let from = x + row &* columns
      let (maximum, logSum) = self.logSumExp(from, columns)
      logSumExp[row] = maximum + logSum
      losses[row] = logSum - (from[Int(targets[row])] - maximum)
    }
  }

  static func crossEntropyGradient(
    _ x: UnsafePointer<Float>, targets: UnsafePointer<Int32>, rows: Int, columns: Int,
    logSumExp: UnsafePointer<Float>, scale: Float, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool
  ) {
    for row in 0..<rows {
      let to = dx + row &* columns
      var gradient = ProbabilitiesLoop(
        x: x + row &* columns, dx: to, logSumExp: logSumExp[row], scale: scale,
        accumulate: accumulate)
      gradient.run(columns)
      to[Int(targets[row])] -= scale
    }
  }

  @inline(always)
  private static func maximum(_ x: UnsafePointer<Float>, _ columns: Int) -> Float {
    var loop = MaximumLoop(x: x)
    loop.run(columns)
    return largest(loop.maximum)
  }

  /// The largest m, and log(sum(e^(x - m))).
  @inline(always)
  private static func logSumExp(
    _ x: UnsafePointer<Float>, _ columns: Int
  ) -> (maximum: Float, logSum: Float) {
    let maximum = self.maximum(x, columns)
    var exponentials = ExponentialsLoop(x: x, y: nil, maximum: maximum)
    exponentials.run(columns)
    return (maximum, log(Vector(repeating: sum(exponentials.total)))[0])
  }
}

struct MaximumLoop: VectorLoop {
  let x: UnsafePointer<Float>
  var maximum = Vector(repeating: -.infinity)

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    maximum = max(maximum, load(x + i, left: left, fill: -.infinity))
  }
}

/// e^(x - maximum), kept if there is a y, and the sum.
private struct ExponentialsLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>?
  let maximum: Float
  var total = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let e = exp(load(x + i, left: left, fill: -.infinity) - maximum)
    if let y { store(e, y + i, left: left) }
    total += e
  }
}

struct ScaleLoop: VectorLoop {
  let y: UnsafeMutablePointer<Float>
  let factor: Float

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    store(load(y + i, left: left) * factor, y + i, left: left)
  }
}

private struct ShiftLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let maximum: Float
  let logSum: Float

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    store(load(x + i, left: left) - maximum - logSum, y + i, left: left)
  }
}

struct ProductLoop: VectorLoop {
  let a: UnsafePointer<Float>
  let b: UnsafePointer<Float>
  var total = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    total = fma(load(a + i, left: left), load(b + i, left: left), total)
  }
}

private struct SoftmaxGradientLoop: VectorLoop {
  let y: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let product: Float
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let gradient = load(y + i, left: left) * (load(dy + i, left: left) - product)
    store(gradient, dx + i, left: left, accumulate: accumulate)
  }
}

private struct LogSoftmaxGradientLoop: VectorLoop {
  let y: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let total: Float
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let gradient = fma(exp(load(y + i, left: left)), -total, load(dy + i, left: left))
    store(gradient, dx + i, left: left, accumulate: accumulate)
  }
}

/// The softmax times the scale.
private struct ProbabilitiesLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let logSumExp: Float
  let scale: Float
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let gradient = exp(load(x + i, left: left) - logSumExp) * scale
    store(gradient, dx + i, left: left, accumulate: accumulate)
  }
}
