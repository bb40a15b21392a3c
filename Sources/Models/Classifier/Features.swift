import Compute

/// A vector for each of some images: what a classifier sees in them.
public struct Features: Sendable {
  /// [count, size].
  public let values: Values

  /// The rows of an array.
  public init(_ values: Values) {
    precondition(values.shape.count == 2, "features of the shape \(values.shape)")
    self.values = values
  }

  /// How many vectors there are.
  public var count: Int { values.shape[0] }
  /// How many numbers a vector has.
  public var size: Int { values.shape[1] }

  /// The sum of each vector's squares.
  package var squaredNorms: [Double] {
    (0..<count).map { row in
      (0..<size).reduce(0) { $0 + Double(self[row][$1]) * Double(self[row][$1]) }
    }
  }

  /// The vector of that number.
  package subscript(index: Int) -> UnsafePointer<Float> { values.pointer + index * size }
}
