import Datasets
import Foundation
import Testing

@testable import Compute
@testable import Models

/// That a rehearsal asks for the memory that the work asks for, of every kind of model.
///
/// In processes of their own, since the pool belongs to the whole program.
@Suite struct MemoryPlanTests {
  /// The most that the pool comes to hold, rehearsed and for real.
  private static func reserved<R: TrainableRecipe>(
    _ recipe: R, _ change: (inout R) -> Void
  ) throws -> (rehearsed: Int, real: Int) {
    var recipe = recipe
    recipe.loop.steps = 100
    recipe.loop.evaluateEvery = recipe.loop.evaluateEvery.map { _ in 2 }
    change(&recipe)
    let data = try recipe.openData(skipBroken: false)
    func work() throws {
      let trainer = recipe.trainer(data)
      _ = trainer.preview()
      for _ in 0..<2 { _ = try trainer.step() }
      _ = try trainer.evaluate()
      StoragePool.shared.trim()
      _ = trainer.preview()
      _ = try trainer.step()
    }
    let plan = MemoryPlan()
    try plan.rehearse(work)
    precondition(StoragePool.shared.mostReserved == 0, "the rehearsal took from the pool")
    try work()
    let scratch = plan.peak.reserved - plan.peakOfPool.reserved
    precondition(scratch >= 0)
    return (plan.peakOfPool.reserved, StoragePool.shared.mostReserved)
  }

  private static func expectSame(_ found: (rehearsed: Int, real: Int)) {
    precondition(found.rehearsed == found.real, "\(found)")
  }

  /// Where what a step makes is of the size of the batches that are made ahead of it, the two take each other's blocks:
  /// a rehearsal says what they take where both of the batches ahead are there first.
  private static func expectSame(
    _ found: (rehearsed: Int, real: Int), butForBatchesOf count: Int
  ) {
    let ahead = 2 * StoragePool.sizeClass(count)
    precondition((0...ahead).contains(found.rehearsed - found.real), "\(found)")
  }

  @Test func aGANAsksForWhatItsRehearsalAsks() async {
    await #expect(processExitsWith: .success) {
      Self.expectSame(
        try Self.reserved(GANRecipe()) {
          $0.data.source = "shapes"
          ($0.model.channels, $0.batch) = (8, 6)
        }, butForBatchesOf: 6 * 32 * 32 * 3)
    }
  }

  @Test func aDenoiserAsksForWhatItsRehearsalAsks() async {
    await #expect(processExitsWith: .success) {
      Self.expectSame(
        try Self.reserved(DiffusionRecipe()) {
          $0.data.source = "shapes"
          ($0.model.sampleSize, $0.batch, $0.accumulate) = (16, 5, 2)
          ($0.preview.steps, $0.heldOutImages) = (6, 12)
        }, butForBatchesOf: 5 * 16 * 16 * 3)
    }
  }

  @Test func aClassifierAsksForWhatItsRehearsalAsks() async {
    await #expect(processExitsWith: .success) {
      Self.expectSame(
        try Self.reserved(ClassifierRecipe()) {
          $0.data.source = "shapes"
          ($0.model.size, $0.model.channels, $0.batch) = (16, [4, 8], 6)
        })
    }
  }

  @Test func aTransformerAsksForWhatItsRehearsalAsks() async {
    await #expect(processExitsWith: .success) {
      Self.expectSame(
        try Self.reserved(TransformerRecipe()) {
          $0.data.source = MemoryPlanTests.license
          ($0.model.layers, $0.model.heads, $0.model.width) = (2, 2, 16)
          ($0.model.context, $0.batch, $0.accumulate) = (16, 3, 5)
          $0.preview.length = 12
        })
    }
  }

  @Test func aRecurrentModelAsksForWhatItsRehearsalAsks() async {
    await #expect(processExitsWith: .success) {
      Self.expectSame(
        try Self.reserved(RecurrentRecipe()) {
          $0.data.source = MemoryPlanTests.license
          ($0.model.hidden, $0.model.context, $0.batch) = (16, 32, 5)
          $0.preview.length = 12
        })
    }
  }

  static let license = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../LICENSE")
    .standardized.path

  /// The line through two small batches says what a large one needs.
  @Test func theNeedGrowsWithTheBatch() {
    func need(_ batch: Int) -> MemoryNeed {
      var need = MemoryNeed()
      (need.parameters, need.moments, need.activations) = (100, 50, 10 + 7 * batch)
      need.pool.resident = 160 + 7 * batch
      need.pool.reserved = 200 + 8 * batch
      return need
    }
    let found = MemoryNeed.extrapolated((2, need(2)), (4, need(4)), to: 1_000_000)
    #expect(found.activations == 7_000_010 && found.pool == need(1_000_000).pool)
    #expect(found.parameters == 100 && found.moments == 50)
  }
}
