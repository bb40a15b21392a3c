import Compute

/// Batches in random order, as pure functions of the seed and the place.
///
/// Every epoch shows each image once, in an order that depends on the seed and the epoch alone;
/// batches go on over the end of an epoch without a gap, so all have the same size. What augmentation
/// does to an image depends on the seed, the epoch and the image. So a batch is the same whoever
/// makes it, when, and after which others.
public struct BatchSampler: Sendable {
  /// The images.
  public let dataset: ImageDataset
  /// How many images a batch has.
  public let batchSize: Int
  /// The run's seed.
  public let seed: UInt64
  /// How images are changed.
  public let augmentation: Augmentation
  private let orders = EpochOrders()

  /// Batches of that size from a data set.
  public init(
    _ dataset: ImageDataset, batchSize: Int, seed: UInt64, augmentation: Augmentation = .init()
  ) {
    precondition(batchSize > 0, "batches of \(batchSize) images")
    self.dataset = dataset
    self.batchSize = batchSize
    self.seed = seed
    self.augmentation = augmentation
  }

  /// Where the batch of a step begins; the first step is 0.
  public func cursor(step: Int) -> BatchCursor {
    precondition(step >= 0, "the batch of step \(step)")
    let seen = step * batchSize
    return BatchCursor(epoch: seen / dataset.count, position: seen % dataset.count)
  }

  /// The batch of a step; the first step is 0.
  ///
  /// - Throws: ``DatasetError`` if an image's file is no longer what it was.
  public func batch(step: Int) throws(DatasetError) -> Batch {
    try batch(at: cursor(step: step))
  }

  /// The batch that begins at a place.
  ///
  /// - Throws: ``DatasetError`` if an image's file is no longer what it was.
  public func batch(at start: BatchCursor) throws(DatasetError) -> Batch {
    precondition(
      start.position < dataset.count,
      "a batch at position \(start.position) of \(dataset.count) images")
    var cursor = start
    var (indices, epochs) = ([Int](), [Int]())
    while indices.count < batchSize {
      let taken = min(batchSize - indices.count, dataset.count - cursor.position)
      let order = orders.order(of: dataset.count, epoch: cursor.epoch, seed: seed)
      indices += order[cursor.position..<cursor.position + taken]
      epochs += Array(repeating: cursor.epoch, count: taken)
      cursor.position += taken
      if cursor.position == dataset.count {
        cursor = BatchCursor(epoch: cursor.epoch + 1)
      }
    }
    return try dataset.batch(indices, next: cursor) { place in
      augmentation.change(of: indices[place], epoch: epochs[place], seed: seed)
    }
  }
}

/// The orders of the last two epochs: a batch may have images of both.
private final class EpochOrders: Sendable {
  private let recent = Locked<[(epoch: Int, order: [Int])]>([])

  func order(of count: Int, epoch: Int, seed: UInt64) -> [Int] {
    recent.withLock { recent in
      if let known = recent.first(where: { $0.epoch == epoch }) { return known.order }
      let order = RandomStream(seed: seed, purpose: .shuffle).permutation(of: count, epoch: epoch)
      recent = recent.suffix(1) + [(epoch, order)]
      return order
    }
  }
}
