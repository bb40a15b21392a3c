/// A row-major array of 32-bit floats without any history: what Compute and pullbacks work on.
///
/// Images are [N, H, W, C], sequences [B, T, C], convolution weights [Kh, Kw, In, Out]. Values share
/// their storage when copied; whoever fills them does so before anyone else can see them.
public struct Values: Sendable {
  /// The length of each dimension; empty for a scalar.
  public let shape: [Int]
  /// The floats.
  public let storage: Storage

  /// Fresh values of that shape, with arbitrary content until filled.
  public init(_ shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "a shape of \(shape)")
    self.init(shape, in: Storage(count: shape.reduce(1, *)))
  }

  /// Fresh values of that shape, filled by `fill`.
  public init(_ shape: [Int], fill: (UnsafeMutablePointer<Float>) throws -> Void) rethrows {
    self.init(shape)
    try fill(storage.base)
  }

  /// Fresh values of that shape, all zero.
  public static func zeros(_ shape: [Int]) -> Values {
    let values = Values(shape)
    Elementwise.fill(values.storage.base, count: values.count, with: 0)
    return values
  }

  /// The values of `elements` in row-major order.
  public init(_ shape: [Int], _ elements: [Float]) {
    precondition(
      elements.count == shape.reduce(1, *), "\(elements.count) elements for the shape \(shape)")
    self.init(shape) { $0.update(from: elements, count: elements.count) }
  }

  /// A view of `storage` as an array of that shape.
  public init(_ shape: [Int], in storage: Storage) {
    precondition(
      storage.count >= shape.reduce(1, *), "\(storage.count) floats for the shape \(shape)")
    self.shape = shape
    self.storage = storage
  }

  /// How many elements there are.
  public var count: Int { shape.reduce(1, *) }

  /// The first element.
  public var pointer: UnsafePointer<Float> { UnsafePointer(storage.base) }

  /// The elements in row-major order, copied.
  public var elements: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The same elements under another shape.
  public func reshaped(_ shape: [Int]) -> Values {
    precondition(shape.reduce(1, *) == count, "\(self.shape) reshaped to \(shape)")
    return Values(shape, in: storage)
  }
}

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
