extension ThreadPool {
  /// Runs `body` on some of `rows` rows that do not depend on each other, at a time: as many as have
  /// the elements of a task.
  func forEachPiece(
    ofRows rows: Int, columns: Int, _ body: (_ firstRow: Int, _ rows: Int) -> Void
  ) {
    let blocks = Blocks(rows, target: max(1, Elementwise.elementsPerTask / max(columns, 1)))
    run(blocks.count) { task, _ in
      let range = blocks.range(task)
      body(range.lowerBound, range.count)
    }
  }
}
