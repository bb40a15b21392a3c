import KernelInterface

extension Native: AttentionKernels {
  static func attentionWeights(
    _ scores: AttentionScores, logSumExp: UnsafeMutablePointer<Float>,
    factors: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<scores.rows {
      let x = scores.base + row &* scores.stride
      let keys = scores.keys &+ row &* scores.growth
      var maximum = LargestLoop(x: x)
      maximum.run(keys)
      let shift = -largest(maximum.result) * scores.scale
      var exponentials = WeightsLoop(x: x, scale: scores.scale, shift: shift)
      exponentials.run(keys)
      let total = sum(exponentials.total)
      var behind = (keys &+ 15) & ~15
      while behind < scores.columns {
        store(Vector.zero, x + behind)
        behind = behind &+ 16
      }
      logSumExp[row] = log(Vector(repeating: total))[0] - shift
      factors[row] = 1 / total
    }
  }

  static func attentionGradient(_ block: AttentionGradientBlock) {
    for key in 0..<block.keys {
      let start = key &* block.stride
      var (i, end) = (block.queries.lowerBound, block.queries.upperBound)
      let firstSeen = min(end, block.firstSeen &+ key &* block.growth)
      let loop = ScoreGradientLoop(
        x: block.scores + start, gradient: block.gradients + start,
        factors: block.factors.map { $0 + start }, scale: block.scale,
        logSumExp: block.logSumExp, sums: block.sums)
      while i &+ 16 <= firstSeen {
        store(Vector.zero, loop.x + i)
        store(Vector.zero, loop.gradient + i)
        i = i &+ 16
      }
      if i < firstSeen {
        loop.step(i, hidden: firstSeen &- i)
        i = i &+ 16
      }
      while i < end {
        loop.step(i, hidden: 0)
        i = i &+ 16
      }
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

  static func scaleRows(
    _ y: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int,
    by factors: UnsafePointer<Float>
  ) {
    for row in 0..<rows {
      var loop = ScaleLoop(y: y + row &* stride, factor: factors[row])
      loop.run(columns)
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
}

private struct LargestLoop: VectorLoop {
  let x: UnsafePointer<Float>
  var result = Vector(repeating: -.infinity)

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    result = max(result, firstLanes(load(x + i), left, fill: -.infinity))
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
    let scores = firstLanes(load(x + i), left, fill: -.infinity)
    let e = exp(fma(scores, Vector(repeating: scale), Vector(repeating: shift)))
    store(e, x + i)
    total += e
  }
}

/// p = e^(scale x - log(sum)) and scale p (dp - sum(p dp)), both in place, along the queries.
private struct ScoreGradientLoop {
  let x: UnsafeMutablePointer<Float>
  let gradient: UnsafeMutablePointer<Float>
  let factors: UnsafePointer<Float>?
  let scale: Float
  let logSumExp: UnsafePointer<Float>
  let sums: UnsafePointer<Float>

  /// Sixteen queries from `i` on, of which the first `hidden` do not see the key.
  @inline(always)
  func step(_ i: Int, hidden: Int) {
    var p = exp(fma(load(x + i), Vector(repeating: scale), -load(logSumExp + i)))
    if hidden > 0 { p = clearingFirstLanes(p, hidden) }
    var dp = load(gradient + i)
    if let factors {
      let factor = load(factors + i)
      dp *= factor
      store(p * factor, x + i)
    } else {
      store(p, x + i)
    }
    store(p * (dp - load(sums + i)) * scale, gradient + i)
  }
}
