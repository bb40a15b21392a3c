import KernelInterface

extension KeyValueCache {
  /// Takes in one more position of a single text, and returns what its query finds, from the features
  /// that queries, keys and values are made of.
  ///
  /// What follows from a head's own columns is one task, so that threads meet once: the same bits as
  /// the product, the rotation and `attend(qkv:)` one after the other.
  ///
  /// - Parameters:
  ///   - x: [C].
  ///   - projection: the weight [C, 3C] and the bias [3C]: all queries, then keys, then values.
  ///   - positions: what turns and normalizes queries and keys, for one position; nil for nothing.
  ///   - y: [C].
  public func attend(
    _ x: UnsafePointer<Float>,
    projection: (weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?),
    positions: RotaryPositions?, heads: Int, into y: UnsafeMutablePointer<Float>
  ) {
    precondition(
      batch == 1 && count < capacity && channels % heads == 0,
      "a row more with \(heads) heads for a cache of [\(batch), \(count)/\(capacity), \(channels)]")
    let (channels, headSize) = (channels, channels / heads)
    let attention = Attention(
      batch: 1, queries: 1, keys: count + 1, heads: heads, headSize: headSize, isCausal: true)
    Work.add(
      operations: 6 * channels * channels + Int(attention.operations),
      floats: (3 * channels + 2 * attention.keys + 2) * channels)
    let product = RowProduct(kernels: InstructionSet.current.kernels)
    // So many columns at least that a row of the weight is read in long runs.
    let groups = Blocks(heads, target: max(1, 96 / headSize))
    var workspace = Workspace()
    let columns = groups.length * headSize
    let made = workspace.reserve(Float.self, 3 * columns)
    let turned = workspace.reserve(Float.self, 3 * columns)
    let logSumExp = workspace.reserve(Float.self, 1)
    let scores = Attention.ScoresOfOne(&workspace, keys: attention.keys)
    // Pointers alone, since threads that count references to the same object wait for each other.
    let (keyRows, valueRows) = (keys.storage.base, values.storage.base)
    let (new, turn) = (count * channels, positions?.first)
    ThreadPool.shared.run(groups.count) { task, worker in
      let space = workspace.placed(in: .shared, worker)
      let group = groups.range(task)
      let (first, columns) = (group.lowerBound * headSize, group.count * headSize)
      for part in 0..<3 {
        let column = part * channels + first
        product(
          x, projection.weight + column, stride: 3 * channels, depth: channels, columns: columns,
          bias: projection.bias.map { $0 + column }, into: space[made] + part * columns)
      }
      if let turn {
        let position = RotaryPosition(
          heads: group.count, headSize: headSize, turns: turn.turns, epsilon: turn.epsilon)
        product.kernels.rotate(space[made], into: space[turned], position)
      }
      let row = space[turn == nil ? made : turned]
      (keyRows + new + first).update(from: row + columns, count: columns)
      (valueRows + new + first).update(from: row + 2 * columns, count: columns)
      for (index, head) in group.enumerated() {
        let column = head * headSize
        attention.forwardOfOne(
          q: row + index * headSize, k: (UnsafePointer(keyRows) + column, channels),
          v: (UnsafePointer(valueRows) + column, channels), into: y + column,
          logSumExp: space[logSumExp],
          scores, space, product.kernels)
      }
    }
    count += 1
  }
}
