import Compute

/// The rows of `table` [vocabulary, C] that the tokens name: [tokens, C].
public func embedding(_ tokens: [Int32], _ table: Tensor) -> Tensor {
  precondition(table.shape.count == 2, "embedding: a table of shape \(table.shape)")
  let (rows, columns) = (table.shape[0], table.shape[1])
  for token in tokens {
    precondition(
      (0..<rows).contains(Int(token)), "embedding: token \(token) of a table of \(rows)")
  }
  Work.add(operations: 0, floats: 2 * tokens.count * columns)
  let y = Values([tokens.count, columns]) { y in
    for (i, token) in tokens.enumerated() where !MemoryPlan.isRehearsal {
      (y + i * columns).update(from: table.values.pointer + Int(token) * columns, count: columns)
    }
  }
  return record(.embedding, y, from: table) { dy, gradients in
    gradients.write(to: table) { destination, accumulate in
      if !accumulate { Elementwise.fill(destination, count: rows * columns, with: 0) }
      addRows(of: dy, at: tokens, to: destination)
    }
  }
}

/// Adds each row of `dy` to the row of `table` that its token names.
///
/// Tasks are blocks of columns: a token that comes often then has its sum in one task, in the order of
/// the text.
private func addRows(
  of dy: Values, at tokens: [Int32], to table: UnsafeMutablePointer<Float>
) {
  let (columns, block) = (dy.columns, 64)
  Work.add(operations: tokens.count * columns, floats: 3 * tokens.count * columns)
  ThreadPool.shared.run((columns + block - 1) / block) { task, _ in
    let start = task * block
    let count = min(block, columns - start)
    for (i, token) in tokens.enumerated() {
      let (sum, row) = (table + Int(token) * columns + start, dy.pointer + i * columns + start)
      for column in 0..<count { sum[column] += row[column] }
    }
  }
}
