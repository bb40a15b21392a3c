import Images
import TestSupport
import Testing

@testable import Datasets

@Suite struct BatchTests {
  /// Seven images of 4 x 3, told apart by their samples.
  static func dataset(_ folder: TemporaryFolder, memoryLimit: Int = 1 << 20) throws -> ImageDataset
  {
    for index in 0..<7 {
      try folder.write(
        testImage(4, 3, channels: 3, seed: 16 * index), to: "\(index % 2)/\(index).png")
    }
    var options = ImageDataset.Options()
    options.memoryLimit = memoryLimit
    return try ImageDataset(folder.path, options)
  }

  @Test func samplesBecomeFloatsFromMinusOneToOne() throws {
    let folder = TemporaryFolder()
    let pixels: [UInt8] = [0, 255, 51, 128]
    try folder.write(Image(width: 2, height: 2, channels: 1, pixels: pixels), to: "a.png")
    let batch = try ImageDataset(folder.path).batch(0..<1)
    #expect(batch.images.shape == [1, 2, 2, 1])
    let expected: [Float] = [-1, 1, 51 / 127.5 - 1, 128 / 127.5 - 1]
    #expect(batch.images.elements == expected)
  }

  @Test func everyEpochShowsEachImageOnceInAnotherOrder() throws {
    let folder = TemporaryFolder()
    let sampler = BatchSampler(try Self.dataset(folder), batchSize: 3, seed: 5)
    let seen = try (0..<14).flatMap { try sampler.batch(step: $0).indices }
    let epochs = (0..<6).map { Array(seen[7 * $0..<7 * $0 + 7]) }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<7)) }
    #expect(Set(epochs).count > 3)
    let other = BatchSampler(sampler.dataset, batchSize: 7, seed: 6)
    #expect(try other.batch(step: 0).indices != epochs[0])
    // The order does not depend on the size of the batches.
    let whole = BatchSampler(sampler.dataset, batchSize: 7, seed: 5)
    #expect(try whole.batch(step: 4).indices == epochs[4])
  }

  @Test func aBatchHasTheImagesAndLabelsThatItSays() throws {
    let folder = TemporaryFolder()
    let dataset = try Self.dataset(folder)
    let batch = try BatchSampler(dataset, batchSize: 10, seed: 1).batch(step: 2)
    #expect(batch.images.shape == [10, 3, 4, 3])
    #expect(batch.labels == batch.indices.map { dataset.labels[$0] })
    for (place, index) in batch.indices.enumerated() {
      let expected = try dataset.image(index).pixels.map { Float($0) / 127.5 - 1 }
      #expect(Array(batch.images.elements[place * 36..<(place + 1) * 36]) == expected)
    }
  }

  @Test func theCursorLeadsFromBatchToBatch() throws {
    let folder = TemporaryFolder()
    let sampler = BatchSampler(
      try Self.dataset(folder), batchSize: 4, seed: 2,
      augmentation: Augmentation(flip: .horizontal, crop: 1))
    var cursor = BatchCursor()
    for step in 0..<9 {
      #expect(cursor == sampler.cursor(step: step))
      let batch = try sampler.batch(at: cursor)
      // Made again, and by another sampler that has made no batch before.
      let again = BatchSampler(
        sampler.dataset, batchSize: 4, seed: 2, augmentation: sampler.augmentation)
      #expect(try again.batch(step: step).images.elements == batch.images.elements)
      cursor = batch.next
    }
    #expect(cursor == BatchCursor(epoch: 5, position: 1))
  }

  @Test func flipsAndCropsMoveWholeImages() throws {
    let folder = TemporaryFolder()
    let dataset = try Self.dataset(folder)
    let augmentation = Augmentation(flip: .horizontal, crop: 2)
    let sampler = BatchSampler(dataset, batchSize: 7, seed: 3, augmentation: augmentation)
    var changes = Set<String>()
    for epoch in 0..<10 {
      let batch = try sampler.batch(step: epoch)
      for (place, index) in batch.indices.enumerated() {
        let change = augmentation.change(of: index, epoch: epoch, seed: 3)
        changes.insert("\(change)")
        #expect((-2...2).contains(change.x) && (-2...2).contains(change.y))
        // The same by Images: mirrored, put in the middle of black, cut.
        let image = try dataset.image(index)
        let expected = (change.isFlipped ? image.flippedHorizontally() : image)
          .padded(left: 2, top: 2, right: 2, bottom: 2)
          .cropped(x: 2 + change.x, y: 2 + change.y, width: 4, height: 3)
        #expect(
          Array(batch.images.elements[place * 36..<(place + 1) * 36])
            == expected.pixels.map { Float($0) / 127.5 - 1 })
      }
    }
    // Seventy draws of fifty changes: about 38 differ.
    #expect((25...50).contains(changes.count))
    #expect(changes.contains { $0.contains("isFlipped: true") })
  }

  @Test func cropsBeyondTheImageAreBlack() throws {
    let change = Augmentation.Change(isFlipped: false, x: -9, y: 1)
    var floats = [Float](repeating: 7, count: 12)
    change.write([UInt8](repeating: 200, count: 12), width: 4, height: 3, channels: 1, to: &floats)
    #expect(floats == [Float](repeating: -1, count: 12))
  }

  @Test func turningOneChangeOnLeavesTheOther() {
    for index in 0..<50 {
      let both = Augmentation(flip: .horizontal, crop: 4).change(of: index, epoch: 3, seed: 9)
      let crop = Augmentation(crop: 4).change(of: index, epoch: 3, seed: 9)
      #expect(both.x == crop.x && both.y == crop.y && !crop.isFlipped)
      let flip = Augmentation(flip: .horizontal).change(of: index, epoch: 3, seed: 9)
      #expect(flip.isFlipped == both.isFlipped && flip.x == 0 && flip.y == 0)
    }
  }
}
