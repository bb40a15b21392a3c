import KernelInterface

extension Attention {
  /// Memory for the scores of one query.
  struct ScoresOfOne {
    private let weights: Workspace.Piece<Float>
    private let factor: Workspace.Piece<Float>

    init(_ workspace: inout Workspace, keys: Int) {
      weights = workspace.reserve(Float.self, (keys + 15) & ~15)
      factor = workspace.reserve(Float.self, 1)
    }

    fileprivate func placed(
      in space: Workspace
    ) -> (weights: UnsafeMutablePointer<Float>, factor: UnsafeMutablePointer<Float>) {
      (space[weights], space[factor])
    }
  }

  /// The output for sequences of one query each, as when a text is written: keys and values are read
  /// once, where they lie, as packing would cost more than the products.
  func forwardOfOne(
    q: Input, k: Input, v: Input, into y: Output, logSumExp: UnsafeMutablePointer<Float>
  ) {
    let kernels = InstructionSet.current.kernels
    var workspace = Workspace()
    let scores = ScoresOfOne(&workspace, keys: keys)
    // A short head is not worth a task of its own.
    let blocks = Blocks(
      batch * heads, target: max(1, Elementwise.elementsPerTask / (keys * headSize)))
    ThreadPool.shared.run(blocks.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      for head in blocks.range(task) {
        forwardOfOne(
          q: q.base + offset(head, 0, of: 1, q),
          k: (k.base + offset(head, 0, of: keys, k), k.stride),
          v: (v.base + offset(head, 0, of: keys, v), v.stride),
          into: y.base + offset(head, 0, of: 1, y), logSumExp: logSumExp + head, scores, space,
          kernels)
      }
    }
  }

  /// The output of one head for one query, on the thread that asks.
  func forwardOfOne(
    q: UnsafePointer<Float>, k: (base: UnsafePointer<Float>, stride: Int),
    v: (base: UnsafePointer<Float>, stride: Int), into y: UnsafeMutablePointer<Float>,
    logSumExp: UnsafeMutablePointer<Float>, _ scores: ScoresOfOne, _ space: Workspace,
    _ kernels: any KernelSet.Type
  ) {
    let (weights, factor) = scores.placed(in: space)
    kernels.rowProducts(
      q, stride: 0, k.base, stride: k.stride, rows: keys, columns: headSize, into: weights)
    let row = AttentionScores(
      base: weights, stride: keys, rows: 1, columns: keys, keys: keys, growth: 0,
      scale: 1 / Float(headSize).squareRoot())
    kernels.attentionWeights(row, logSumExp: logSumExp, factors: factor)
    kernels.weightedSum(
      of: v.base, stride: v.stride, rows: keys, columns: headSize, weights: weights, into: y)
    kernels.scaleRows(y, stride: headSize, rows: 1, columns: headSize, by: factor)
  }
}
