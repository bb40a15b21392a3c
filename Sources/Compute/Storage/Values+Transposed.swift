extension Values {
  /// The transpose [C, R] of a matrix [R, C].
  public var transposed: Values {
    precondition(shape.count == 2, "the transpose of \(shape)")
    let (rows, columns) = (shape[0], shape[1])
    Work.add(elements: count, operations: 0, arrays: 2)
    let (source, blocks) = (pointer, Blocks(columns, target: 16))
    return Values([columns, rows]) { target in
      ThreadPool.shared.run(blocks.count) { task, _ in
        // A cache line of each row at a time, into as many lines that are written on and on.
        for row in 0..<rows {
          for column in blocks.range(task) {
            target[column * rows + row] = source[row * columns + column]
          }
        }
      }
    }
  }
}
