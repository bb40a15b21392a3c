import Autograd
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

/// All buffers of a model in one array, so that a checkpoint and a copy are one loop each.
public final class BufferSlab {
  /// The buffers in the order in which the model has them.
  public let entries: [SlabEntry]
  /// All buffers.
  public let values: Storage
  /// What they were when they were kept last.
  private let kept: Storage

  /// Moves the buffers of the model into a new slab.
  public init(_ model: some Module) {
    let found = model.buffers
    let (entries, end) = SlabEntry.placed(
      found.map { SlabEntry(path: $0.path, aliases: $0.aliases, shape: $0.value.shape) })
    values = Storage(count: end)
    kept = Storage(count: end)
    Elementwise.fill(values.base, count: end, with: 0)
    self.entries = entries
    for (entry, buffer) in zip(entries, found) {
      buffer.value.move(to: Storage(values, offset: entry.offset, count: entry.count))
    }
  }

  /// How many floats the slab has, padding included.
  public var count: Int { values.count }

  /// Remembers the values as they are now.
  public func keep() { kept.base.update(from: values.base, count: count) }

  /// Takes the values back to what was kept last.
  public func restore() { values.base.update(from: kept.base, count: count) }
}
