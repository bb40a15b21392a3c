import KernelInterface

/// Scores of some queries, as Compute lays them out: rows of whole vectors.
private enum Block {
  static let rows = 12
  static let stride = 48
  static let size = rows * stride
  /// Of a row's columns, those of the kernels that need no whole vectors.
  static let columns = [1, 15, 16, 33, 45]

  static func scores(_ base: Floats, growth: Int) -> AttentionScores {
    AttentionScores(
      base: base, stride: stride, rows: rows, columns: stride, keys: 20, growth: growth,
      scale: 0.25)
  }

  static var dropout: AttentionDropout {
    AttentionDropout(
      place: RandomPlace(seed: 99, sample: 1, step: 2, stream: 3), head: 2, query: 4, key: 16,
      threshold: 1_000_000_000, scale: 1.3)
  }
}

func attentionCases() {
  check("attentionWeights") { d in
    for growth in 0...1 {
      let (scores, logSumExp, factors) = (
        numbers(Block.size, 1, scale: 4), numbers(16, 2), numbers(16, 3)
      )
      Native.attentionWeights(
        Block.scores(scores, growth: growth), logSumExp: logSumExp, factors: factors)
      d.add(scores, Block.size)
      d.add(logSumExp, 16)
      d.add(factors, 16)
    }
  }
  check("attentionGradient") { d in
    let (keys, queries) = (10, 32)
    for growth in 0...1 {
      for factors in [nil, numbers(keys * queries, 3)] {
        let (scores, gradients) = (numbers(keys * queries, 1, scale: 2), numbers(keys * queries, 2))
        Native.attentionGradient(
          AttentionGradientBlock(
            scores: scores, gradients: gradients, factors: factors.map { UnsafePointer($0) },
            stride: queries, keys: keys, queries: 0..<queries, firstSeen: 3, growth: growth,
            scale: 0.3, logSumExp: numbers(queries, 4), sums: numbers(queries, 5)))
        d.add(scores, keys * queries)
        d.add(gradients, keys * queries)
      }
    }
  }
  check("dropWeights") { d in
    for growth in 0...1 {
      let scores = numbers(Block.size, 1)
      Native.dropWeights(Block.scores(scores, growth: growth), Block.dropout)
      d.add(scores, Block.size)
    }
  }
  check("dropoutFactors") { d in
    let factors = numbers(32 * 40, 1)
    Native.dropoutFactors(
      Block.dropout, keys: 32, queries: 32, stride: 40, into: factors, scratch: numbers(256, 2))
    d.add(factors, 32 * 40)
  }
  check("rowProducts") { d in
    for columns in Block.columns {
      for stride in [0, Block.stride] {
        let products = numbers(Block.rows, 3)
        Native.rowProducts(
          numbers(Block.size, 1), stride: Block.stride, numbers(Block.size, 2), stride: stride,
          rows: Block.rows, columns: columns, into: products)
        d.add(products, Block.rows)
      }
    }
  }
  check("scaleRows") { d in
    for columns in Block.columns {
      let y = numbers(Block.size, 1)
      Native.scaleRows(
        y, stride: Block.stride, rows: Block.rows, columns: columns, by: numbers(Block.rows, 2))
      d.add(y, Block.size)
    }
  }
  check("weightedSum") { d in
    for columns in Block.columns {
      for rows in [0, 1, Block.rows] {
        let y = numbers(columns, 3)
        Native.weightedSum(
          of: numbers(Block.size, 1), stride: Block.stride, rows: rows, columns: columns,
          weights: numbers(rows, 2), into: y)
        d.add(y, columns)
      }
    }
  }
}

func rotaryCases() {
  let heads = 3
  func each(_ body: (_ size: Int, RotaryPosition) -> Void) {
    for headSize in [2, 8, 30, 32, 34, 64] {
      for epsilon in [nil, 1e-6] as [Float?] {
        body(
          3 * heads * headSize,
          RotaryPosition(
            heads: heads, headSize: headSize, turns: numbers(headSize, 1), epsilon: epsilon))
      }
    }
  }
  check("rotate") { d in
    each { size, position in
      let y = numbers(size, 3)
      Native.rotate(numbers(size, 2), into: y, position)
      d.add(y, size)
    }
  }
  check("rotateGradient") { d in
    each { size, position in
      let dx = numbers(size, 4)
      for accumulate in [false, true] {
        Native.rotateGradient(
          numbers(size, 2), numbers(size, 3), into: dx, accumulate: accumulate, position)
        d.add(dx, size)
      }
    }
  }
}

func softmaxCases() {
  let rows = 5
  /// Sizes, logits, and a class of each row.
  func each(_ body: (_ columns: Int, _ x: Floats, _ targets: UnsafePointer<Int32>) -> Void) {
    for columns in widths + [500] {
      let targets = room(rows, for: Int32.self)
      for row in 0..<rows { targets[row] = Int32(row * 31 % columns) }
      body(columns, numbers(rows * columns, 1, scale: 8), targets)
    }
  }
  check("softmax") { d in
    each { columns, x, _ in
      let y = numbers(rows * columns, 2)
      Native.softmax(x, rows: rows, columns: columns, into: y)
      d.add(y, rows * columns)
    }
  }
  check("softmaxGradient") { d in
    each { columns, y, _ in
      let (dy, dx) = (numbers(rows * columns, 2), numbers(rows * columns, 3))
      for accumulate in [false, true] {
        Native.softmaxGradient(
          y, dy, rows: rows, columns: columns, into: dx, accumulate: accumulate)
        d.add(dx, rows * columns)
      }
    }
  }
  check("logSoftmax") { d in
    each { columns, x, _ in
      let y = numbers(rows * columns, 2)
      Native.logSoftmax(x, rows: rows, columns: columns, into: y)
      d.add(y, rows * columns)
    }
  }
  check("logSoftmaxGradient") { d in
    each { columns, y, _ in
      let (dy, dx) = (numbers(rows * columns, 2), numbers(rows * columns, 3))
      for accumulate in [false, true] {
        Native.logSoftmaxGradient(
          y, dy, rows: rows, columns: columns, into: dx, accumulate: accumulate)
        d.add(dx, rows * columns)
      }
    }
  }
  check("crossEntropy") { d in
    each { columns, x, targets in
      let (losses, logSumExp) = (numbers(rows, 2), numbers(rows, 3))
      Native.crossEntropy(
        x, targets: targets, rows: rows, columns: columns, into: losses, logSumExp: logSumExp)
      d.add(losses, rows)
      d.add(logSumExp, rows)
    }
  }
  check("crossEntropyGradient") { d in
    each { columns, x, targets in
      let dx = numbers(rows * columns, 3)
      for accumulate in [false, true] {
        Native.crossEntropyGradient(
          x, targets: targets, rows: rows, columns: columns, logSumExp: numbers(rows, 2),
          scale: 0.2, into: dx, accumulate: accumulate)
        d.add(dx, rows * columns)
      }
    }
  }
}
