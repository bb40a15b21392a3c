import Compute

extension Parameter {
  /// Rounds the values of a matrix to `precision`, which must not be float32, and returns them as products with few rows
  /// read them.
  ///
  /// - Parameter transposed: whether the matrix of the products, whose columns have a scale each, is the transpose.
  public func round(to precision: WeightPrecision, transposed: Bool = false) -> LowPrecisionMatrix {
    let matrix = LowPrecisionMatrix(transposed ? values.transposed : values, precision)
    let floats = transposed ? matrix.unpacked.transposed : matrix.unpacked
    update { Elementwise.copy(floats.pointer, into: $0, count: count) }
    return matrix
  }
}
