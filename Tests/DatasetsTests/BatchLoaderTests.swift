import Compute
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite(.serialized) struct BatchLoaderTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder() }

  /// The next batch, unless the loader hangs.
  private func next(_ loader: BatchLoader) throws -> Batch {
    try unhung("the next batch") { try loader.next() }
  }

  func sampler(memoryLimit: Int = 1 << 20) throws -> BatchSampler {
    BatchSampler(
      try BatchTests.dataset(folder, memoryLimit: memoryLimit), batchSize: 3, seed: 4,
      augmentation: Augmentation(flip: .horizontal, crop: 1))
  }

  @Test(arguments: [1, 2, 5], [0, 4])
  func theBatchesAreThoseWithoutTheLoader(depth: Int, firstStep: Int) throws {
    let sampler = try sampler()
    let loader = BatchLoader(sampler, from: sampler.cursor(step: firstStep), depth: depth)
    try expectSame(loader, sampler, firstStep)
  }

  /// As where no further thread is allowed.
  @Test func withoutAThreadTheBatchesAreTheSame() throws {
    let sampler = try sampler()
    let loader = BatchLoader(sampler, from: sampler.cursor(step: 4)) { _ in false }
    try expectSame(loader, sampler, 4)
    loader.stop()
  }

  private func expectSame(
    _ loader: BatchLoader, _ sampler: BatchSampler, _ firstStep: Int
  ) throws {
    for step in firstStep..<firstStep + 12 {
      // Let it run ahead now and then.
      if step % 4 == 0 { usleep(2000) }
      let (loaded, expected) = (try next(loader), try sampler.batch(step: step))
      #expect(loaded.indices == expected.indices && loaded.labels == expected.labels)
      #expect(loaded.images.elements == expected.images.elements)
      #expect(loaded.next == sampler.cursor(step: step + 1))
    }
  }

  /// A training goes on, goes back to a checkpoint, and does a step again.
  @Test func theBatchesOfStepsInAnyOrder() throws {
    let sampler = try sampler()
    let batches = StepBatches(sampler, perStep: 2)
    for step in [0, 1, 2, 7, 8, 3, 3, 0] {
      let loaded = try unhung("step \(step)") { try batches(ofStep: step) }
      let expected = try (0..<2).map { try sampler.batch(step: 2 * step + $0) }
      #expect(loaded.map(\.indices) == expected.map(\.indices))
      #expect(loaded.map(\.images.elements) == expected.map(\.images.elements))
    }
  }

  @Test func aLoaderCanBeReleasedAtAnyTime() throws {
    let sampler = try sampler()
    for taken in 0..<4 {
      let loader = BatchLoader(sampler)
      for _ in 0..<taken { _ = try next(loader) }
      if taken == 2 {
        loader.stop()
        loader.stop()
      }
    }
  }

  /// What is read is there, whether or not what it is for has been given up.
  @Test func whatIsReadIsThereThoughItIsGivenUp() {
    var read: [String] = []
    let result = Abandonment.permitted(when: { true }) {
      #expect(Abandonment.isGivenUp)
      read = concurrentMap(100) { "\($0)" }
    }
    #expect(result == nil && read == (0..<100).map { "\($0)" })
  }

  @Test func anErrorComesAfterTheBatchesBeforeIt() throws {
    let sampler = try sampler(memoryLimit: 0)
    let broken = try sampler.batch(step: 2).indices[0]
    let file = try ImageFolder(folder.path).paths[broken].escaped
    let first = try (0..<3).first { try sampler.batch(step: $0).indices.contains(broken) } ?? 0
    try folder.write([1], to: file)
    let loader = BatchLoader(sampler)
    for _ in 0..<first { _ = try next(loader) }
    for _ in 0..<2 {
      let error = try #require(throws: DatasetError.self) { try next(loader) }
      #expect(error.description.contains(file))
    }
  }

  @Test func batchesShareTheBlocksThatWereTakenAtTheStart() throws {
    // A size that no other test asks the pool for, as they run beside this one.
    let sampler = BatchSampler(try BatchTests.dataset(folder), batchSize: 9_871, seed: 0)
    let loader = BatchLoader(sampler, depth: 3)
    var blocks = Set<UnsafePointer<Float>>()
    for step in 0..<12 {
      if step % 3 == 0 { usleep(1000) }
      blocks.insert(try next(loader).images.pointer)
    }
    #expect(blocks.count <= 5)
  }
}
