import Foundation

/// A row-major array of doubles: what naive versions of the ops work on.
struct Reference: Sendable {
  let shape: [Int]
  var elements: [Double]

  init(_ shape: [Int], _ elements: [Double]) {
    precondition(elements.count == shape.reduce(1, *))
    self.shape = shape
    self.elements = elements
  }

  /// An array whose elements `element` computes from their place in row-major order.
  init(_ shape: [Int], element: (Int) -> Double) {
    self.init(shape, (0..<shape.reduce(1, *)).map(element))
  }

  var count: Int { elements.count }
  /// The length of the last dimension.
  var columns: Int { shape.last ?? 1 }
  /// How many rows of that length there are.
  var rows: Int { shape.dropLast().reduce(1, *) }

  func map(_ body: (Double) -> Double) -> Reference { Reference(shape, elements.map(body)) }

  func combined(with other: Reference, _ body: (Double, Double) -> Double) -> Reference {
    precondition(shape == other.shape)
    return Reference(shape, zip(elements, other.elements).map(body))
  }

  func reshaped(_ shape: [Int]) -> Reference { Reference(shape, elements) }

  /// Each row through `body`.
  func mapRows(_ body: ([Double]) -> [Double]) -> Reference {
    Reference(
      shape,
      (0..<rows).flatMap { body(Array(elements[$0 * columns..<($0 + 1) * columns])) })
  }

  static func scalar(_ value: Double) -> Reference { Reference([], [value]) }

  /// The sum of products, over all elements.
  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }
}
