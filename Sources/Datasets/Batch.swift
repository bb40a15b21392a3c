import Compute

/// Some images as a model takes them.
public struct Batch: Sendable {
  /// [count, height, width, channels], from -1 (black) to 1 (white).
  public let images: Values
  /// The class of each image.
  public let labels: [Int32]
  /// The number of each image in its data set.
  public let indices: [Int]
  /// Where the next batch begins.
  public let next: BatchCursor
}

/// A place in training's endless walk through a data set.
public struct BatchCursor: Equatable, Hashable, Sendable, Codable {
  /// How often all images have been seen.
  public var epoch: Int
  /// How many images have been seen in this epoch: less than there are.
  public var position: Int

  /// The beginning, unless a place is given.
  public init(epoch: Int = 0, position: Int = 0) {
    precondition(epoch >= 0 && position >= 0, "epoch \(epoch), position \(position)")
    self.epoch = epoch
    self.position = position
  }
}

extension ImageDataset {
  /// Images by number, unchanged, as evaluation takes them.
  ///
  /// - Throws: ``DatasetError`` if an image's file is no longer what it was.
  public func batch(_ indices: Range<Int>) throws(DatasetError) -> Batch {
    try batch(Array(indices), next: BatchCursor()) { _ in Augmentation.Change() }
  }

  /// Images by number, each changed as `change` says of its place in the batch.
  func batch(
    _ indices: [Int], next: BatchCursor, change: (Int) -> Augmentation.Change
  ) throws(DatasetError) -> Batch {
    let images = Values([indices.count, height, width, channels])
    let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: sampleSize)
    defer { pixels.deallocate() }
    for (place, index) in indices.enumerated() where !MemoryPlan.isRehearsal {
      try copySample(index, to: pixels)
      change(place).write(
        pixels, width: width, height: height, channels: channels,
        to: images.storage.base + place * sampleSize)
    }
    return Batch(images: images, labels: indices.map { labels[$0] }, indices: indices, next: next)
  }
}
