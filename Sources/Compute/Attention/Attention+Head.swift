import KernelInterface

extension Attention {
  /// The forward pass of one head of one sequence, in a task's scratch memory.
  struct Head {
    private let attention: Attention
    private let plan: Plan
    private let space: Workspace
    private let kernels: any KernelSet.Type
    private let index: Int
    private let dropout: Dropout?

    init(
      _ attention: Attention, _ plan: Plan, _ space: Workspace, _ kernels: any KernelSet.Type,
      _ index: Int, _ dropout: Dropout?
    ) {
      (self.attention, self.plan, self.space) = (attention, plan, space)
      (self.kernels, self.index, self.dropout) = (kernels, index, dropout)
    }

    /// The output for blocks of queries, the last of which sees the most keys.
    func forward(
      _ blocks: [Range<Int>], _ q: Input, _ k: Input, _ v: Input, _ y: Output,
      _ logSumExp: UnsafeMutablePointer<Float>
    ) {
      guard let last = blocks.last else { return }
      let seen = attention.keysSeen(by: last.upperBound - 1)
      let (keys, values) = (
        attention.rows(k, index, keys: true), attention.rows(v, index, keys: true)
      )
      plan.across.packAcross(keys, 0..<seen, into: space[plan.keys], kernels)
      plan.back.packBack(values, 0..<seen, into: space[plan.values], kernels)
      for rows in blocks {
        forward(
          rows, attention.rows(q, index), attention.rows(y, index),
          logSumExp + index * attention.queries + rows.lowerBound)
      }
    }

    private func forward(
      _ rows: Range<Int>, _ q: Input, _ y: Output, _ logSumExp: UnsafeMutablePointer<Float>
    ) {
      let seen = attention.keysSeen(by: rows.upperBound - 1)
      let scores = AttentionScores(
        base: space[plan.scores], stride: plan.stride, rows: rows.count, columns: seen,
        keys: attention.keysSeen(by: rows.lowerBound), growth: attention.isCausal ? 1 : 0,
        scale: attention.scale)
      plan.tables.fillRows(space, rows: rows) { q[$0] }
      // Rows of scores that do not exist have room.
      let padded = (rows.count + tileRows - 1) / tileRows * tileRows
      plan.tables.fillOutputs(space, rows: 0..<padded) { scores.base + $0 * plan.stride }
      let product = PanelProduct(
        plan.across, packed: space[plan.keys], plan.tables, space, kernels)
      for panel in 0..<(seen + plan.across.width - 1) / plan.across.width {
        let first = attention.firstQuery(seeing: panel * plan.across.width) - rows.lowerBound
        product(
          panel, from: max(0, first) / tileRows * tileRows, count: padded,
          depth: 0..<attention.headSize, fillsColumns: true)
      }
      kernels.attentionWeights(scores, logSumExp: logSumExp, factors: space[plan.factors])
      if let dropout {
        kernels.dropWeights(
          scores, attention.numbers(dropout, index, query: rows.lowerBound, key: 0))
      }
      plan.tables.fillRows(space, rows: 0..<rows.count) {
        UnsafePointer(scores.base + $0 * plan.stride)
      }
      plan.tables.fillOutputs(space, rows: rows) { y[$0] }
      let sums = PanelProduct(plan.back, packed: space[plan.values], plan.tables, space, kernels)
      for panel in 0..<plan.back.count { sums(panel, count: rows.count, depth: 0..<seen) }
      kernels.scaleRows(
        y[rows.lowerBound], stride: y.stride, rows: rows.count, columns: attention.headSize,
        by: space[plan.factors])
    }
  }
}

extension Attention.Rows<UnsafePointer<Float>> {
  subscript(place: Int) -> UnsafePointer<Float> { base + place * stride }
}

extension Attention.Rows<UnsafeMutablePointer<Float>> {
  subscript(place: Int) -> UnsafeMutablePointer<Float> { base + place * stride }
}

extension Attention {
  /// What scores are multiplied by.
  var scale: Float { 1 / Float(headSize).squareRoot() }

  /// The first query that sees a key.
  func firstQuery(seeing key: Int) -> Int { isCausal ? max(0, key - (keys - queries)) : 0 }

  /// The rows of one head.
  func rows(_ rows: Input, _ head: Int, keys isKeys: Bool = false) -> Input {
    Input(rows.base + offset(head, 0, of: isKeys ? keys : queries, rows), stride: rows.stride)
  }

  /// The rows of one head.
  func rows(_ rows: Output, _ head: Int, keys isKeys: Bool = false) -> Output {
    Output(rows.base + offset(head, 0, of: isKeys ? keys : queries, rows), stride: rows.stride)
  }

  /// The random numbers of a head from a query and a key on.
  func numbers(_ dropout: Dropout, _ head: Int, query: Int, key: Int) -> AttentionDropout {
    AttentionDropout(
      place: dropout.stream.place(sample: head / heads, step: dropout.step), head: head % heads,
      query: query, key: key, threshold: RandomStream.threshold(ofRate: dropout.rate),
      scale: Float(1 / (1 - Double(dropout.rate))))
  }
}
