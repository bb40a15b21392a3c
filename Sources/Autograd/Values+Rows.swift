import Compute

extension Values {
  /// The length of the last dimension; 1 for a scalar.
  package var columns: Int { shape.last ?? 1 }

  /// How many rows of that length there are.
  package var rows: Int { shape.dropLast().reduce(1, *) }
}
