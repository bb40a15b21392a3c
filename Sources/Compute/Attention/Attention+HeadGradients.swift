import KernelInterface

extension Attention.Head {
  /// What the backward pass is given.
  struct Given {
    let q: Attention.Input
    let k: Attention.Input
    let v: Attention.Input
    let y: Attention.Input
    let dy: Attention.Input
    let logSumExp: UnsafePointer<Float>
  }

  /// The backward pass of one head of one sequence, in a task's scratch memory.
  ///
  /// Blocks of keys come one after another, their scores transposed: the gradients of a block's keys and
  /// values then are whole products, and those of the queries grow block by block.
  struct Gradients {
    private let attention: Attention
    private let plan: Attention.GradientPlan
    private let space: Workspace
    private let kernels: any KernelSet.Type
    private let index: Int
    private let dropout: Attention.Dropout?
    private let given: Given

    init(
      _ attention: Attention, _ plan: Attention.GradientPlan, _ space: Workspace,
      _ kernels: any KernelSet.Type, _ index: Int, _ dropout: Attention.Dropout?, _ given: Given
    ) {
      (self.attention, self.plan, self.space) = (attention, plan, space)
      (self.kernels, self.index, self.dropout, self.given) = (kernels, index, dropout, given)
    }

    /// The gradients of the queries in a range, which begins with a panel, as far as they come from
    /// some blocks of keys; and those of these keys, as far as they come from these queries.
    func run(
      _ blocks: Range<Int>, queries: Range<Int>, dq: Attention.Output?, dk: Attention.Output?,
      dv: Attention.Output?
    ) {
      let width = plan.across.width
      let first = attention.firstQuery(seeing: plan.blocks.range(blocks.lowerBound).lowerBound)
      let from = max(queries.lowerBound, first / width * width)
      guard from < queries.upperBound else { return }
      prepare(from..<queries.upperBound, forKeys: dk != nil)
      for block in blocks {
        let keys = plan.blocks.range(block)
        let first = attention.firstQuery(seeing: keys.lowerBound)
        guard first < queries.upperBound else { break }
        let rows = max(queries.lowerBound, first)..<queries.upperBound
        findScoreGradients(keys, rows)
        if let dv {
          writeKeys(
            keys, rows, plan.scores, plan.outputsBack, attention.rows(dv, index, keys: true))
        }
        if let dk {
          writeKeys(
            keys, rows, plan.gradients, plan.queriesBack, attention.rows(dk, index, keys: true))
        }
        if let dq { addQueries(block, rows, attention.rows(dq, index)) }
      }
    }

    /// Packs what the queries bring, and the statistics of each.
    private func prepare(_ queries: Range<Int>, forKeys: Bool) {
      let (q, dy) = (attention.rows(given.q, index), attention.rows(given.dy, index))
      let y = attention.rows(given.y, index)
      plan.across.packAcross(q, queries, into: space[plan.queriesAcross], kernels)
      plan.across.packAcross(dy, queries, into: space[plan.outputsAcross], kernels)
      if forKeys {
        plan.back.packBack(q, queries, into: space[plan.queriesBack], kernels)
        plan.back.packBack(dy, queries, into: space[plan.outputsBack], kernels)
      }
      let (logSumExp, sums) = (space[plan.logSumExp], space[plan.sums])
      kernels.rowProducts(
        dy[queries.lowerBound], stride: dy.stride, y[queries.lowerBound], stride: y.stride,
        rows: queries.count, columns: attention.headSize, into: sums + queries.lowerBound)
      let statistics = given.logSumExp + index * attention.queries
      for query in queries { logSumExp[query] = statistics[query] }
      // Those that fill up the last vector have no weights.
      for query in attention.queries..<plan.stride {
        (logSumExp[query], sums[query]) = (.infinity, 0)
      }
    }

    /// The weights and the gradients of the scores of a block of keys.
    private func findScoreGradients(_ keys: Range<Int>, _ queries: Range<Int>) {
      let (scores, gradients) = (space[plan.scores], space[plan.gradients])
      multiply(given.k, keys, plan.queriesAcross, queries, into: scores)
      multiply(given.v, keys, plan.outputsAcross, queries, into: gradients)
      let vectors = queries.lowerBound & ~15..<(queries.upperBound + 15) & ~15
      var factors: UnsafePointer<Float>?
      if let dropout {
        let place = space[plan.factors]
        kernels.dropoutFactors(
          attention.numbers(dropout, index, query: vectors.lowerBound, key: keys.lowerBound),
          keys: (keys.count + 15) & ~15, queries: vectors.count, stride: plan.stride,
          into: place + vectors.lowerBound, scratch: space[plan.square])
        factors = UnsafePointer(place)
      }
      kernels.attentionGradient(
        AttentionGradientBlock(
          scores: scores, gradients: gradients, factors: factors, stride: plan.stride,
          keys: keys.count, queries: vectors,
          firstSeen: attention.isCausal
            ? keys.lowerBound - (attention.keys - attention.queries) : 0,
          growth: attention.isCausal ? 1 : 0, scale: attention.scale,
          logSumExp: space[plan.logSumExp], sums: space[plan.sums]))
    }

    /// The products of a block of keys or values with queries that see them, or with the gradients of
    /// their outputs.
    private func multiply(
      _ rows: Attention.Input, _ keys: Range<Int>, _ packed: Workspace.Piece<Float>,
      _ queries: Range<Int>, into products: UnsafeMutablePointer<Float>
    ) {
      let (rows, panels) = (attention.rows(rows, index, keys: true), plan.across)
      plan.tables.fillRows(space, rows: keys) { rows[$0] }
      let padded = (keys.count + tileRows - 1) / tileRows * tileRows
      plan.tables.fillOutputs(space, rows: 0..<padded) { products + $0 * plan.stride }
      let product = PanelProduct(panels, packed: space[packed], plan.tables, space, kernels)
      let last = (queries.upperBound + panels.width - 1) / panels.width
      for panel in queries.lowerBound / panels.width..<last {
        let query = min(queries.upperBound, (panel + 1) * panels.width) - 1
        let seen = max(0, min(attention.keysSeen(by: query), keys.upperBound) - keys.lowerBound)
        product(
          panel, count: (seen + tileRows - 1) / tileRows * tileRows,
          depth: 0..<attention.headSize, fillsColumns: true)
      }
    }

    /// Writes the gradients of a block of keys or values.
    private func writeKeys(
      _ keys: Range<Int>, _ queries: Range<Int>, _ weights: Workspace.Piece<Float>,
      _ packed: Workspace.Piece<Float>, _ result: Attention.Output
    ) {
      let weights = UnsafePointer(space[weights]) + queries.lowerBound
      plan.tables.fillRows(space, rows: 0..<keys.count) { weights + $0 * plan.stride }
      plan.tables.fillOutputs(space, rows: keys) { result[$0] }
      let product = PanelProduct(plan.back, packed: space[packed], plan.tables, space, kernels)
      for panel in 0..<plan.back.count { product(panel, count: keys.count, depth: queries) }
    }

    /// Adds to the gradients of queries what comes from a block of keys.
    private func addQueries(_ block: Int, _ queries: Range<Int>, _ result: Attention.Output) {
      let keys = plan.blocks.range(block)
      let keyRows = attention.rows(given.k, index, keys: true)
      plan.keyPanels.packBack(keyRows, keys, into: space[plan.keysBack], kernels)
      let transposed = space[plan.transposed]
      kernels.packTransposedRows(
        space[plan.gradients] + queries.lowerBound, stride: plan.stride, depth: keys.count,
        rows: queries.count, into: transposed)
      for place in 0..<(queries.count + tileRows - 1) / tileRows * tileRows {
        space[plan.tables.rows][place] = UnsafeRawPointer(
          transposed + place / tileRows * tileRows * keys.count + place % tileRows)
      }
      plan.tables.fillOutputs(space, rows: queries) { result[$0] }
      let product = PanelProduct(
        plan.keyPanels, packed: space[plan.keysBack], plan.tables, space, kernels)
      for panel in 0..<plan.keyPanels.count {
        product(
          panel, count: queries.count, depth: keys, slices: Slices(whole: attention.keys),
          step: tileRows, accumulate: block > 0)
      }
    }
  }
}
