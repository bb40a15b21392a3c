import KernelInterface

extension Attention {
  /// The output for sequences of one query each, as when a text is written: keys and values are read
  /// once, where they lie, as packing would cost more than the products.
  func forwardOfOne(
    q: Input, k: Input, v: Input, into y: Output, logSumExp: UnsafeMutablePointer<Float>
  ) {
    let kernels = InstructionSet.current.kernels
    var workspace = Workspace()
    let piece = workspace.reserve(Float.self, (keys + 15) & ~15)
    let factor = workspace.reserve(Float.self, 1)
    // A short head is not worth a task of its own.
    let blocks = Blocks(
      batch * heads, target: max(1, Elementwise.elementsPerTask / (keys * headSize)))
    ThreadPool.shared.run(blocks.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let weights = space[piece]
      for head in blocks.range(task) {
        kernels.rowProducts(
          q.base + offset(head, 0, of: 1, q), stride: 0, k.base + offset(head, 0, of: keys, k),
          stride: k.stride, rows: keys, columns: headSize, into: weights)
        let scores = AttentionScores(
          base: weights, stride: keys, rows: 1, columns: keys, keys: keys, growth: 0,
          scale: 1 / Float(headSize).squareRoot())
        kernels.attentionWeights(scores, logSumExp: logSumExp + head, factors: space[factor])
        kernels.weightedSum(
          of: v.base + offset(head, 0, of: keys, v), stride: v.stride, rows: keys,
          columns: headSize, weights: weights, into: y.base + offset(head, 0, of: 1, y))
        kernels.scaleRows(
          y.base + offset(head, 0, of: 1, y), stride: headSize, rows: 1, columns: headSize,
          by: space[factor])
      }
    }
  }
}
