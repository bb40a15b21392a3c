/// Joins the tokens of a piece of text, pair by pair: the pair that was learned first goes first, and
/// of equal ones the leftmost, until no pair is left that was learned.
///
/// The pairs wait in a heap, so a piece of n tokens takes n log n steps.
struct MergeQueue {
  /// What becomes of a pair.
  struct Merge: Equatable, Sendable {
    /// How many pairs were learned before it.
    let rank: Int32
    /// The token of both together.
    let token: Int32
  }

  /// Two neighbors that may be joined.
  private struct Candidate {
    let merge: Merge
    let left: Int
    let right: Int
    /// What they were when they were found; since then one may have been joined with another.
    let pair: UInt64

    func comes(before other: Candidate) -> Bool {
      (merge.rank, left) < (other.merge.rank, other.left)
    }
  }

  private let merges: [UInt64: Merge]
  private var tokens: [Int32]
  private var before: [Int]
  private var after: [Int]
  private var heap: [Candidate] = []

  /// Two tokens as a key of the table of merges.
  static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The tokens after all joining.
  static func merged(_ tokens: [Int32], by merges: [UInt64: Merge]) -> [Int32] {
    guard tokens.count > 1, !merges.isEmpty else { return tokens }
    var queue = MergeQueue(tokens, merges)
    return queue.merged()
  }

  private init(_ tokens: [Int32], _ merges: [UInt64: Merge]) {
    (self.tokens, self.merges) = (tokens, merges)
    before = tokens.indices.map { $0 - 1 }
    after = tokens.indices.map { $0 + 1 }
    for index in tokens.indices { consider(index) }
  }

  /// A token that has been joined with the one on its left.
  private static let gone: Int32 = -1

  private mutating func merged() -> [Int32] {
    while let next = pop() {
      guard tokens[next.left] != Self.gone, tokens[next.right] != Self.gone,
        Self.key(tokens[next.left], tokens[next.right]) == next.pair
      else { continue }
      tokens[next.left] = next.merge.token
      tokens[next.right] = Self.gone
      after[next.left] = after[next.right]
      if after[next.left] < tokens.count { before[after[next.left]] = next.left }
      if before[next.left] >= 0 { consider(before[next.left]) }
      consider(next.left)
    }
    return tokens.filter { $0 != Self.gone }
  }

  /// Puts a token and its right neighbor into the heap, if they can be joined.
  private mutating func consider(_ left: Int) {
    let right = after[left]
    guard right < tokens.count else { return }
    let pair = Self.key(tokens[left], tokens[right])
    if let merge = merges[pair] {
      push(Candidate(merge: merge, left: left, right: right, pair: pair))
    }
  }

  private mutating func push(_ candidate: Candidate) {
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0, heap[child].comes(before: heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> Candidate? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].comes(before: heap[least]) { least = child }
      }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
