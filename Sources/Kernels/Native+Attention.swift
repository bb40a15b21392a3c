import KernelInterface

extension Native: AttentionKernels {
  static func attentionWeights(
    _ scores: AttentionScores, logSumExp: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<scores.rows {
      let x = scores.base + row &* scores.stride
      let keys = scores.keys &+ row &* scores.growth
      var maximum = MaximumLoop(x: x)
      maximum.run(keys)
      let shift = -largest(maximum.maximum) * scores.scale
      var exponentials = WeightsLoop(x: x, scale: scores.scale, shift: shift)
      exponentials.run(keys)
      let total = sum(exponentials.total)
      var normalized = ScaleLoop(y: x, factor: 1 / total)
      normalized.run(keys)
      clear(x, from: keys, to: scores.columns)
      logSumExp[row] = log(Vector(repeating: total))[0] - shift
    }
  }

  static func attentionGradient(
    _ scores: AttentionScores, _ gradients: UnsafeMutablePointer<Float>,
    logSumExp: UnsafePointer<Float>, sums: UnsafePointer<Float>
  ) {
    for row in 0..<scores.rows {
      let x = scores.base + row &* scores.stride
      let gradient = gradients + row &* scores.stride
      let keys = scores.keys &+ row &* scores.growth
      var loop = ScoreGradientLoop(
        x: x, gradient: gradient, scale: scores.scale, shift: -logSumExp[row], sum: sums[row])
      loop.run(keys)
      clear(x, from: keys, to: scores.columns)
      clear(gradient, from: keys, to: scores.columns)
    }
  }

  static func rowProducts(
    _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
    rows: Int, columns: Int, into products: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      var loop = ProductLoop(a: a + row &* aStride, b: b + row &* bStride)
      loop.run(columns)
      products[row] = sum(loop.total)
    }
  }

  static func weightedSum(
    of x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int,
    weights: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    var column = 0
    // Four sums at a time, as the additions of one would wait for each other.
    while column &+ 64 <= columns {
      var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
      for row in 0..<rows {
        let from = x + (row &* stride &+ column)
        let weight = Vector(repeating: weights[row])
        s0 = fma(weight, load(from), s0)
        s1 = fma(weight, load(from + 16), s1)
        s2 = fma(weight, load(from + 32), s2)
        s3 = fma(weight, load(from + 48), s3)
      }
      store(s0, y + column)
      store(s1, y + column + 16)
      store(s2, y + column + 32)
      store(s3, y + column + 48)
      column = column &+ 64
    }
    while column < columns {
      let left = columns &- column
      var total = Vector.zero
      for row in 0..<rows {
        let part = load(x + (row &* stride &+ column), left: left)
        total = fma(Vector(repeating: weights[row]), part, total)
      }
      store(total, y + column, left: left)
      column = column &+ 16
    }
  }

  @inline(always)
  private static func clear(_ x: UnsafeMutablePointer<Float>, from start: Int, to end: Int) {
    var i = start
    while i < end {
      x[i] = 0
      i = i &+ 1
    }
  }
}

/// e^(scale x + shift) in place, and the sum.
private struct WeightsLoop: VectorLoop {
  let x: UnsafeMutablePointer<Float>
  let scale: Float
  let shift: Float
  var total = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let scores = load(x + i, left: left, fill: -.infinity)
    let e = exp(fma(scores, Vector(repeating: scale), Vector(repeating: shift)))
    store(e, x + i, left: left)
    total += e
  }
}

/// p = e^(scale x + shift) and scale p (dp - sum), both in place.
private struct ScoreGradientLoop: VectorLoop {
  let x: UnsafeMutablePointer<Float>
  let gradient: UnsafeMutablePointer<Float>
  let scale: Float
  let shift: Float
  let sum: Float

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let scores = load(x + i, left: left)
    let p = exp(fma(scores, Vector(repeating: scale), Vector(repeating: shift)))
    let ds = p * (load(gradient + i, left: left) - sum) * scale
    store(p, x + i, left: left)
    store(ds, gradient + i, left: left)
  }
}
