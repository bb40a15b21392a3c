extension ThreadPool {
  /// 64 KB of an array, which pay for a task and share a second-level cache with two more.
  private static let elementsPerPiece = 1 << 14

  /// Runs `body` on pieces of `count` elements that do not depend on each other.
  func forEachPiece(of count: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
    let blocks = Blocks(count, target: Self.elementsPerPiece, multiple: 16)
    run(blocks.count) { task, _ in
      let range = blocks.range(task)
      body(range.lowerBound, range.count)
    }
  }

  /// Runs `body` on some of `rows` rows that do not depend on each other, at a time.
  func forEachPiece(
    ofRows rows: Int, columns: Int, _ body: (_ firstRow: Int, _ rows: Int) -> Void
  ) {
    let blocks = Blocks(rows, target: max(1, Self.elementsPerPiece / max(columns, 1)))
    run(blocks.count) { task, _ in
      let range = blocks.range(task)
      body(range.lowerBound, range.count)
    }
  }
}
