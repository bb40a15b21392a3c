import KernelInterface

extension Attention {
  /// The pieces of a task's scratch memory in the forward pass.
  struct Plan {
    let tables: TileTables
    /// Keys, transposed: panels of depth D.
    let keys: Workspace.Piece<Float>
    /// Values: panels whose depth is the keys.
    let values: Workspace.Piece<Float>
    /// Of a block of queries, [rows, stride].
    let scores: Workspace.Piece<Float>
    let factors: Workspace.Piece<Float>
    let stride: Int
    /// From channels to keys.
    let across: Panels
    /// From keys to channels.
    let back: Panels

    init(
      _ attention: Attention, _ workspace: inout Workspace, _ blocks: Blocks,
      _ kernels: any KernelSet.Type
    ) {
      let (keyCount, headSize, rows) = (attention.keys, attention.headSize, blocks.length)
      stride = (keyCount + 15) & ~15
      across = Panels(depth: headSize, columns: keyCount, kernels)
      back = Panels(depth: keyCount, columns: headSize, kernels)
      tables = TileTables(&workspace, rows: rows, taps: 1)
      keys = workspace.reserve(Float.self, across.size)
      values = workspace.reserve(Float.self, back.size)
      scores = workspace.reserve(Float.self, rows * stride)
      factors = workspace.reserve(Float.self, rows)
    }
  }

  /// The pieces of a task's scratch memory in the backward pass, where scores lie transposed: a row of
  /// them for each key.
  struct GradientPlan {
    let blocks: Blocks
    let tables: TileTables
    /// Queries and gradients of outputs, transposed: panels of depth D.
    let queriesAcross: Workspace.Piece<Float>
    let outputsAcross: Workspace.Piece<Float>
    /// The same as panels whose depth is the queries.
    let queriesBack: Workspace.Piece<Float>
    let outputsBack: Workspace.Piece<Float>
    /// Keys as panels whose depth is the keys.
    let keysBack: Workspace.Piece<Float>
    /// Of a block of keys, [keys, stride].
    let scores: Workspace.Piece<Float>
    let gradients: Workspace.Piece<Float>
    /// What dropout multiplies weights by, and room to make it.
    let factors: Workspace.Piece<Float>
    let square: Workspace.Piece<Float>
    /// Gradients of scores, by sixes of queries.
    let transposed: Workspace.Piece<Float>
    /// Of each query.
    let logSumExp: Workspace.Piece<Float>
    let sums: Workspace.Piece<Float>
    let stride: Int
    /// From channels to queries.
    let across: Panels
    /// From queries to channels.
    let back: Panels
    /// From keys to channels.
    let keyPanels: Panels

    init(
      _ attention: Attention, _ workspace: inout Workspace, _ blocks: Blocks,
      _ kernels: any KernelSet.Type
    ) {
      let (queries, keyCount, headSize) = (
        attention.queries, attention.keys, attention.headSize
      )
      self.blocks = blocks
      stride = (queries + 15) & ~15
      across = Panels(depth: headSize, columns: queries, kernels)
      back = Panels(depth: queries, columns: headSize, kernels)
      keyPanels = Panels(depth: keyCount, columns: headSize, kernels)
      tables = TileTables(&workspace, rows: max(blocks.length, queries), taps: 1)
      func floats(_ count: Int) -> Workspace.Piece<Float> { workspace.reserve(Float.self, count) }
      queriesAcross = floats(across.size)
      outputsAcross = floats(across.size)
      queriesBack = floats(back.size)
      outputsBack = floats(back.size)
      keysBack = floats(keyPanels.size)
      scores = floats(blocks.length * stride)
      gradients = floats(blocks.length * stride)
      factors = floats(blocks.length * stride)
      square = floats(256)
      transposed = floats((queries + tileRows) * blocks.length + 2)
      logSumExp = floats(stride)
      sums = floats(stride)
    }
  }
}
