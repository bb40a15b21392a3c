import Compute

/// An array that belongs to a model and is saved with it but not learned by gradients, such as the
/// running statistics of a batch norm.
public final class Buffer {
  /// The values, changed in place.
  public private(set) var values: Values

  /// A buffer with the same value everywhere.
  public init(_ shape: [Int], repeating value: Float) {
    values = Values(shape) { $0.update(repeating: value, count: shape.reduce(1, *)) }
  }

  /// The length of each dimension.
  public var shape: [Int] { values.shape }

  /// How many floats it has.
  public var count: Int { values.count }

  /// Copies the values to a window of a slab, where they live from now on.
  func move(to storage: Storage) {
    storage.base.update(from: values.pointer, count: count)
    values = Values(shape, in: storage)
  }
}
