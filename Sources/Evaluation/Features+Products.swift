import Compute
import Models

// What distances between features are made of.
extension Features {
  /// The sum of each vector's squares.
  var squaredNorms: [Double] {
    let (size, values) = (size, values.pointer)
    return (0..<count).map { row in
      (row * size..<(row + 1) * size).reduce(0) { $0 + Double(values[$1]) * Double(values[$1]) }
    }
  }

  /// How many rows of products there are at a time: 16 MB for ten thousand columns.
  private static let rowsPerBlock = 400

  /// Gives `body` the products of each vector here with all vectors of another set, a row at a time.
  func forEachRow(
    ofProductsWith other: Features, _ body: (_ row: Int, _ products: UnsafePointer<Float>) -> Void
  ) {
    precondition(size == other.size, "products of \(size) and \(other.size) features")
    let block = Storage(count: min(Self.rowsPerBlock, count) * other.count)
    for start in stride(from: 0, to: count, by: Self.rowsPerBlock) {
      let rows = min(Self.rowsPerBlock, count - start)
      MatrixProduct(m: rows, n: other.count, k: size, transposeB: true)(
        self[start], other.values.pointer, into: block.base)
      for row in 0..<rows { body(start + row, block.base + row * other.count) }
    }
  }
}
