import Compute

/// An array to be written to a file: a name, a shape, and a way to its elements, which are read when
/// they are written, where they are.
public struct NamedArray: Sendable {
  /// The name, such as "up_blocks.0.conv.weight".
  public let name: String
  /// The length of each dimension; empty for a scalar.
  public let shape: [Int]
  let withElements: @Sendable ((UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

  /// How many elements it has.
  public var count: Int { shape.reduce(1, *) }

  /// An array that shows `values`.
  public init(_ name: String, _ values: Values) {
    self.name = name
    shape = values.shape
    withElements = { body in
      try withExtendedLifetime(values) {
        try body(UnsafeBufferPointer(start: values.pointer, count: values.count))
      }
    }
  }

  /// An array of whole numbers, such as tokens, in row-major order.
  public init(_ name: String, _ shape: [Int], whole elements: [Int32]) {
    self.init(name, shape, elements.map(Float.init))
  }

  /// An array of `elements` in row-major order.
  public init(_ name: String, _ shape: [Int], _ elements: [Float]) {
    precondition(
      elements.count == shape.reduce(1, *), "\(elements.count) elements for the shape \(shape)")
    self.name = name
    self.shape = shape
    withElements = { body in try elements.withUnsafeBufferPointer(body) }
  }
}
