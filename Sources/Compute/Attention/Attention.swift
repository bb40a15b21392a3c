import KernelInterface

/// Scaled dot-product attention of several heads: softmax(q k^T / sqrt(D)) v for each.
///
/// Vaswani et al., "Attention Is All You Need" (2017). The weights never lie in memory whole: a task
/// has those of some queries at a time, and the backward pass makes them again from the logarithms of
/// their sums, after Dao et al., "FlashAttention" (2022). The products are those of `MatrixProduct`,
/// tile by tile; an element's sums depend on the numbers of keys and channels alone.
public struct Attention: Equatable, Sendable {
  /// How many sequences there are.
  public let batch: Int
  /// How many queries a sequence has.
  public let queries: Int
  /// How many keys and values a sequence has.
  public let keys: Int
  /// How many heads there are.
  public let heads: Int
  /// Channels of a head: D.
  public let headSize: Int
  /// Whether a query sees only the keys up to its own place, the last query all of them.
  public let isCausal: Bool

  /// Attention of that geometry.
  public init(
    batch: Int, queries: Int, keys: Int, heads: Int, headSize: Int, isCausal: Bool = false
  ) {
    precondition(
      batch >= 0 && queries > 0 && keys > 0 && heads > 0 && headSize > 0
        && (!isCausal || queries <= keys),
      "attention of [\(batch), \(queries)] to \(keys) keys, \(heads) heads of \(headSize)")
    (self.batch, self.queries, self.keys) = (batch, queries, keys)
    (self.heads, self.headSize, self.isCausal) = (heads, headSize, isCausal)
  }

  /// Rows of all heads' channels side by side.
  public struct Rows<Pointer> {
    let base: Pointer
    let stride: Int
    /// From one sequence to the next; nil where sequence follows sequence.
    let batchStride: Int?

    /// Rows from `base` on, each `stride` floats behind the one before it, and each sequence
    /// `batchStride` floats behind the one before it, or right behind its end.
    public init(_ base: Pointer, stride: Int, batchStride: Int? = nil) {
      (self.base, self.stride, self.batchStride) = (base, stride, batchStride)
    }
  }

  /// Rows that are read.
  public typealias Input = Rows<UnsafePointer<Float>>
  /// Rows that are written.
  public typealias Output = Rows<UnsafeMutablePointer<Float>>

  /// How many numbers `logSumExp` has: one for each query of each head.
  public var statisticsCount: Int { batch * heads * queries }

  /// Multiplications and additions of the forward pass, of what is seen alone: both its products.
  public var operations: Double {
    let seen = (0..<queries).reduce(0) { $0 + keysSeen(by: $1) }
    return 4 * Double(batch * heads * headSize) * Double(seen)
  }

  /// Those of the backward pass: its four products, and the scores once more.
  public var gradientOperations: Double { 2.5 * operations }

  /// The output: y [batch, queries, heads D], and what the backward pass needs, [batch, heads, queries].
  public func forward(
    q: Input, k: Input, v: Input, into y: Output, logSumExp: UnsafeMutablePointer<Float>
  ) {
    if queries == 1 { return forwardOfOne(q: q, k: k, v: v, into: y, logSumExp: logSumExp) }
    let kernels = InstructionSet.current.kernels
    let blocks = self.blocks
    var workspace = Workspace()
    let plan = Plan(self, &workspace, blocks, kernels)
    ThreadPool.shared.run(batch * heads * blocks.count) { task, worker in
      let head = Head(
        self, plan, workspace.placed(in: .shared, worker), kernels, task / blocks.count)
      head.forward(blocks.range(task % blocks.count), q, k, v, y, logSumExp)
    }
  }

  /// The gradients of q, k and v, given that of the output.
  public func gradients(
    q: Input, k: Input, v: Input, y: Input, dy: Input, logSumExp: UnsafePointer<Float>,
    dq: Output, dk: Output, dv: Output
  ) {
    let kernels = InstructionSet.current.kernels
    let blocks = self.blocks
    var workspace = Workspace()
    let plan = Plan(self, &workspace, blocks, kernels, isBackward: true)
    // The gradients of keys and values are sums over the queries: a head is one task.
    ThreadPool.shared.run(batch * heads) { task, worker in
      let head = Head(self, plan, workspace.placed(in: .shared, worker), kernels, task)
      head.gradients(blocks, q, k, v, y, dy, logSumExp, dq, dk, dv)
    }
  }

  /// Queries that are handled together: their scores are to stay in the second-level cache.
  private var blocks: Blocks {
    Blocks(queries, target: keys > 512 ? 48 : 96, multiple: tileRows)
  }

  /// How many keys a query sees.
  func keysSeen(by query: Int) -> Int { isCausal ? keys - queries + query + 1 : keys }

  /// Where the channels of a head begin in rows that a sequence has `length` of, at a place of these.
  func offset<Pointer>(_ head: Int, _ place: Int, of length: Int, _ rows: Rows<Pointer>) -> Int {
    let (sequence, channel) = (head / heads, head % heads * headSize)
    return sequence * (rows.batchStride ?? length * rows.stride) + place * rows.stride + channel
  }

  /// The pieces of a task's scratch memory.
  struct Plan {
    let tables: TileTables
    /// Keys, transposed: panels of depth D.
    let keys: Workspace.Piece<Float>
    /// In the forward pass values as panels, in the backward pass keys.
    let mixed: Workspace.Piece<Float>
    /// Values, transposed.
    let values: Workspace.Piece<Float>
    let scores: Workspace.Piece<Float>
    let gradients: Workspace.Piece<Float>
    let sums: Workspace.Piece<Float>
    /// Weights or gradients of scores, transposed, by sixes of keys.
    let transposed: Workspace.Piece<Float>
    /// Queries or gradients of outputs as a panel.
    let queries: Workspace.Piece<Float>
    let stride: Int
    /// From channels to keys.
    let across: Panels
    /// From keys to channels.
    let back: Panels

    init(
      _ attention: Attention, _ workspace: inout Workspace, _ blocks: Blocks,
      _ kernels: any KernelSet.Type, isBackward: Bool = false
    ) {
      let (keyCount, headSize, rows) = (attention.keys, attention.headSize, blocks.length)
      stride = (keyCount + 15) & ~15
      across = Panels(depth: headSize, columns: keyCount, kernels)
      back = Panels(depth: keyCount, columns: headSize, kernels)
      let channels = Panels(depth: rows, columns: headSize, kernels)
      func floats(_ count: Int, ifBackward: Bool = true) -> Workspace.Piece<Float> {
        workspace.reserve(Float.self, ifBackward || isBackward ? count : 0)
      }
      tables = TileTables(&workspace, rows: isBackward ? max(rows, keyCount) : rows, taps: 1)
      keys = floats(across.size)
      mixed = floats(back.size)
      scores = floats(rows * stride)
      values = floats(across.size, ifBackward: false)
      gradients = floats(rows * stride, ifBackward: false)
      sums = floats(rows, ifBackward: false)
      transposed = floats((keyCount + tileRows) * rows, ifBackward: false)
      queries = floats(channels.size, ifBackward: false)
    }
  }
}
