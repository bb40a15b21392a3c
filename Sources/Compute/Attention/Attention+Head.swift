import KernelInterface

extension Attention {
  /// One head of one sequence, in a task's scratch memory.
  struct Head {
    let attention: Attention
    let plan: Plan
    let space: Workspace
    let kernels: any KernelSet.Type
    let index: Int

    init(
      _ attention: Attention, _ plan: Plan, _ space: Workspace, _ kernels: any KernelSet.Type,
      _ index: Int
    ) {
      (self.attention, self.plan, self.space) = (attention, plan, space)
      (self.kernels, self.index) = (kernels, index)
    }

    private var headSize: Int { attention.headSize }

    func forward(
      _ rows: Range<Int>, _ q: Input, _ k: Input, _ v: Input, _ y: Output,
      _ logSumExp: UnsafeMutablePointer<Float>
    ) {
      let seen = attention.keysSeen(by: rows.upperBound - 1)
      packAcross(k, into: space[plan.keys], seen)
      packBack(v, into: space[plan.mixed], seen)
      let scores = self.scores(rows, seen)
      multiply(
        query(q, rows.lowerBound), q.stride, rows.count, plan.across, space[plan.keys],
        columns: seen, depth: headSize, into: scores.base, stride: plan.stride)
      kernels.attentionWeights(
        scores, logSumExp: logSumExp + index * attention.queries + rows.lowerBound)
      multiply(
        scores.base, plan.stride, rows.count, plan.back, space[plan.mixed],
        columns: headSize, depth: seen, into: query(y, rows.lowerBound), stride: y.stride)
    }

    func gradients(
      _ blocks: Blocks, _ q: Input, _ k: Input, _ v: Input, _ y: Input, _ dy: Input,
      _ logSumExp: UnsafePointer<Float>, _ dq: Output, _ dk: Output, _ dv: Output
    ) {
      packAcross(k, into: space[plan.keys], attention.keys)
      packAcross(v, into: space[plan.values], attention.keys)
      packBack(k, into: space[plan.mixed], attention.keys)
      // The last queries see all keys, so that each key's sum begins with them.
      for block in (0..<blocks.count).reversed() {
        let rows = blocks.range(block)
        let isFirst = block == blocks.count - 1
        let seen = attention.keysSeen(by: rows.upperBound - 1)
        let scores = self.scores(rows, seen)
        let (gradients, sums) = (space[plan.gradients], space[plan.sums])
        multiply(
          query(q, rows.lowerBound), q.stride, rows.count, plan.across, space[plan.keys],
          columns: seen, depth: headSize, into: scores.base, stride: plan.stride)
        multiply(
          query(dy, rows.lowerBound), dy.stride, rows.count, plan.across,
          space[plan.values], columns: seen, depth: headSize, into: gradients, stride: plan.stride)
        kernels.rowProducts(
          query(dy, rows.lowerBound), stride: dy.stride, query(y, rows.lowerBound),
          stride: y.stride, rows: rows.count, columns: headSize, into: sums)
        kernels.attentionGradient(
          scores, gradients, logSumExp: logSumExp + index * attention.queries + rows.lowerBound,
          sums: sums)
        multiply(
          gradients, plan.stride, rows.count, plan.back, space[plan.mixed],
          columns: headSize, depth: seen, into: query(dq, rows.lowerBound), stride: dq.stride)
        multiplyTransposed(
          scores.base, rows.count, seen, query(dy, rows.lowerBound), dy.stride,
          into: key(dv, 0), stride: dv.stride, accumulate: !isFirst)
        multiplyTransposed(
          gradients, rows.count, seen, query(q, rows.lowerBound), q.stride,
          into: key(dk, 0), stride: dk.stride, accumulate: !isFirst)
      }
    }

    // MARK: - Places

    private func scores(_ rows: Range<Int>, _ seen: Int) -> AttentionScores {
      AttentionScores(
        base: space[plan.scores], stride: plan.stride, rows: rows.count, columns: seen,
        keys: attention.keysSeen(by: rows.lowerBound), growth: attention.isCausal ? 1 : 0,
        scale: 1 / Float(headSize).squareRoot())
    }

    private func query(_ rows: Input, _ place: Int) -> UnsafePointer<Float> {
      rows.base + attention.offset(index, place, of: attention.queries, rows)
    }

    private func query(_ rows: Output, _ place: Int) -> UnsafeMutablePointer<Float> {
      rows.base + attention.offset(index, place, of: attention.queries, rows)
    }

    private func key(_ rows: Input, _ place: Int) -> UnsafePointer<Float> {
      rows.base + attention.offset(index, place, of: attention.keys, rows)
    }

    private func key(_ rows: Output, _ place: Int) -> UnsafeMutablePointer<Float> {
      rows.base + attention.offset(index, place, of: attention.keys, rows)
    }

    // MARK: - Products

    /// Packs the first `count` keys or values as columns.
    private func packAcross(_ rows: Input, into panels: UnsafeMutablePointer<Float>, _ count: Int) {
      let width = plan.across.width
      for index in 0..<(count + width - 1) / width {
        kernels.packTransposedPanel(
          key(rows, index * width), stride: rows.stride, depth: headSize,
          columns: plan.across.columns(index), into: panels + plan.across.start(index))
      }
    }

    /// Packs the first `count` keys or values as rows.
    private func packBack(_ rows: Input, into panels: UnsafeMutablePointer<Float>, _ count: Int) {
      for index in 0..<plan.back.count {
        kernels.packPanel(
          key(rows, 0) + index * plan.back.width, stride: rows.stride, depth: count,
          columns: plan.back.columns(index), into: panels + plan.back.start(index))
      }
    }

    /// The product of `count` rows with the first columns of packed panels, to a part of their depth.
    private func multiply(
      _ a: UnsafePointer<Float>, _ aStride: Int, _ count: Int, _ panels: Panels,
      _ packed: UnsafeMutablePointer<Float>, columns: Int, depth: Int,
      into c: UnsafeMutablePointer<Float>, stride: Int
    ) {
      plan.tables.fillOutputs(space, rows: 0..<count) { c + $0 * stride }
      plan.tables.fillRows(space, rows: 0..<count) { a + $0 * aStride }
      var tiles = plan.tables.product(space, count: count)
      // Slices are cut by the whole depth, so that a sum does not depend on the part that is not zero.
      let slices = Slices(depth: panels.depth)
      for index in 0..<(columns + panels.width - 1) / panels.width {
        space[plan.tables.panels][0] = UnsafeRawPointer(packed + panels.start(index))
        tiles.columns = panels.columns(index)
        tiles.outputOffset = index * panels.width * 4
        for slice in 0..<slices.count where slices.start(slice) < depth {
          let start = slices.start(slice)
          tiles.depth = min(slices.length(slice), depth - start)
          tiles.offset = start * 4
          tiles.panelOffset = start * panels.paddedColumns(index) * 4
          tiles.accumulate = slice > 0
          kernels.multiply(tiles)
        }
      }
    }

    /// The product of the transposed weights of `count` queries, for the first `seen` keys, with rows of
    /// these queries.
    private func multiplyTransposed(
      _ weights: UnsafePointer<Float>, _ count: Int, _ seen: Int, _ b: UnsafePointer<Float>,
      _ bStride: Int, into c: UnsafeMutablePointer<Float>, stride: Int, accumulate: Bool
    ) {
      let (transposed, panel) = (space[plan.transposed], space[plan.queries])
      kernels.packTransposedRows(
        weights, stride: plan.stride, depth: count, rows: seen, into: transposed)
      let panels = Panels(depth: count, columns: headSize, kernels)
      plan.tables.fillOutputs(space, rows: 0..<seen) { c + $0 * stride }
      for place in 0..<(seen + tileRows - 1) / tileRows * tileRows {
        space[plan.tables.rows][place] = UnsafeRawPointer(
          transposed + place / tileRows * tileRows * count + place % tileRows)
      }
      var tiles = plan.tables.product(space, count: seen)
      tiles.depth = count
      tiles.step = tileRows * 4
      tiles.accumulate = accumulate
      for index in 0..<panels.count {
        kernels.packPanel(
          b + index * panels.width, stride: bStride, depth: count,
          columns: panels.columns(index), into: panel)
        space[plan.tables.panels][0] = UnsafeRawPointer(panel)
        tiles.columns = panels.columns(index)
        tiles.outputOffset = index * panels.width * 4
        kernels.multiply(tiles)
      }
    }
  }
}
