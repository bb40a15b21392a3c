import Compute

extension Values {
  /// The length of the last dimension; 1 for a scalar.
  var columns: Int { shape.last ?? 1 }

  /// How many rows of that length there are.
  var rows: Int { shape.dropLast().reduce(1, *) }
}

extension Gradients {
  /// Writes the gradient of a bias that was added to each row.
  mutating func writeColumnSums(of dy: Values, to bias: Tensor?) {
    write(to: bias) {
      Reductions.columnSums(
        dy.pointer, into: $0, rows: dy.rows, columns: dy.columns, accumulate: $1)
    }
  }
}
