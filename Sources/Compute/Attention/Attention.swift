import KernelInterface

/// Scaled dot-product attention of several heads: softmax(q k^T / sqrt(D)) v for each.
///
/// Vaswani et al., "Attention Is All You Need" (2017). The weights never lie in memory whole: a task
/// has those of some queries or keys at a time, and the backward pass makes them again from the
/// logarithms of their sums, after Dao et al., "FlashAttention" (2022). The products are those of
/// `MatrixProduct`, tile by tile; an element's sums depend on the numbers of keys and channels alone.
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

  /// Dropout of weights: which ones depends on the sequence, head, query and key alone.
  public struct Dropout: Sendable {
    /// How likely a weight becomes 0; the others are divided by what is left of 1.
    public let rate: Float
    /// The random numbers.
    public let stream: RandomStream
    /// Their step.
    public let step: Int

    /// Dropout at that rate, in [0, 1).
    public init(rate: Float, stream: RandomStream, step: Int) {
      precondition(rate >= 0 && rate < 1, "dropout at a rate of \(rate)")
      (self.rate, self.stream, self.step) = (rate, stream, step)
    }
  }

  /// The output: y [batch, queries, heads D], and what the backward pass needs, [batch, heads, queries].
  public func forward(
    q: Input, k: Input, v: Input, into y: Output, logSumExp: UnsafeMutablePointer<Float>,
    dropout: Dropout? = nil
  ) {
    check(dropout)
    Work.add(operations: Int(min(operations, 0x1p62)), floats: floats(queries: 2, keys: 2))
    if queries == 1 && dropout == nil {
      return forwardOfOne(q: q, k: k, v: v, into: y, logSumExp: logSumExp)
    }
    let kernels = InstructionSet.current.kernels
    let blocks = blocks(of: queries, multiple: 12)
    // Keys and values are packed once a task: a head is one, unless there are few.
    let groups = Blocks(blocks.count, target: hasFewHeads ? 1 : blocks.count)
    var workspace = Workspace()
    let plan = Plan(self, &workspace, blocks, kernels)
    ThreadPool.shared.run(batch * heads * groups.count) { task, worker in
      let head = Head(
        self, plan, workspace.placed(in: .shared, worker), kernels, task / groups.count, dropout)
      head.forward(groups.range(task % groups.count).map(blocks.range), q, k, v, y, logSumExp)
    }
  }

  /// The gradients of q, k and v, given that of the output; with the dropout of the forward pass.
  public func gradients(
    q: Input, k: Input, v: Input, y: Input, dy: Input, logSumExp: UnsafePointer<Float>,
    dq: Output, dk: Output, dv: Output, dropout: Dropout? = nil
  ) {
    check(dropout)
    Work.add(operations: Int(min(gradientOperations, 0x1p62)), floats: floats(queries: 4, keys: 4))
    let kernels = InstructionSet.current.kernels
    let blocks = blocks(of: keys, multiple: 48)
    var workspace = Workspace()
    let plan = GradientPlan(self, &workspace, blocks, kernels)
    let given = Head.Given(q: q, k: k, v: v, y: y, dy: dy, logSumExp: logSumExp)
    // A gradient of keys and values is a sum over the queries, that of queries one over the keys: a head
    // is one task, unless there are few. Then the scores are computed for each of the two.
    let parts = hasFewHeads ? blocks.count : 1
    let queryParts = Blocks(queries, target: 64, multiple: kernels.panelWidth)
    let tasks = parts > 1 ? parts + queryParts.count : 1
    ThreadPool.shared.run(batch * heads * tasks) { task, worker in
      let head = Head.Gradients(
        self, plan, workspace.placed(in: .shared, worker), kernels, task / tasks, dropout, given)
      let part = task % tasks
      if tasks == 1 {
        head.run(0..<blocks.count, queries: 0..<queries, dq: dq, dk: dk, dv: dv)
      } else if part < parts {
        head.run(part..<part + 1, queries: 0..<queries, dq: nil, dk: dk, dv: dv)
      } else {
        head.run(
          0..<blocks.count, queries: queryParts.range(part - parts), dq: dq, dk: nil, dv: nil)
      }
    }
  }

  /// The floats of so many arrays like the queries and like the keys, and of the statistics.
  private func floats(queries: Int, keys: Int) -> Int {
    batch * heads * headSize * (queries * self.queries + keys * self.keys) + statisticsCount
  }

  /// Queries, or keys, that are handled together: their scores are to stay in the cache. A length is a
  /// multiple of that of tiles and of the groups in which dropout samples.
  private func blocks(of length: Int, multiple: Int) -> Blocks {
    Blocks(length, target: length <= 64 ? 64 : 48, multiple: multiple)
  }

  /// Whether heads alone are too few for tasks. It does not depend on the number of threads, so that
  /// timing is all that changes with that.
  private var hasFewHeads: Bool { batch * heads < 4 }

  private func check(_ dropout: Dropout?) {
    precondition(
      dropout == nil
        || max(queries, keys) <= AttentionDropout.longest && heads <= AttentionDropout.mostHeads,
      "dropout of \(heads) heads' weights [\(queries), \(keys)]")
  }

  /// How many keys a query sees.
  func keysSeen(by query: Int) -> Int { isCausal ? keys - queries + query + 1 : keys }

  /// Where the channels of a head begin in rows that a sequence has `length` of, at a place of these.
  func offset<Pointer>(_ head: Int, _ place: Int, of length: Int, _ rows: Rows<Pointer>) -> Int {
    let (sequence, channel) = (head / heads, head % heads * headSize)
    return sequence * (rows.batchStride ?? length * rows.stride) + place * rows.stride + channel
  }
}
