import Compute

extension TrainingSession {
  /// What the training will need.
  /// - Throws: `MemoryShortage` where that is more than there is.
  func neededMemory() throws(MemoryShortage) -> MemoryNeed {
    // What lies unused in the pool would count twice.
    StoragePool.shared.trim()
    let (batch, limits) = (resolvedRecipe.batch, MemoryLimit.all())
    func exceeded(by need: MemoryNeed, times factor: Int = 1) -> MemoryLimit? {
      limits.filter { need.bytes($0.measure) / factor > $0.bytes }
        .max { need.bytes($0.measure) - $0.bytes < need.bytes($1.measure) - $1.bytes }
    }
    let least = 2 * resolvedRecipe.batchMultiple
    lazy var small = (rehearsal(ofBatch: least), rehearsal(ofBatch: 2 * least))
    func line(_ batch: Int) -> MemoryNeed {
      .extrapolated((least, small.0), (2 * least, small.1), to: batch)
    }
    func shortage(_ need: MemoryNeed, _ limit: MemoryLimit) -> MemoryShortage {
      // The largest that fits, by the line through two that are small.
      var (fits, fails) = (0, batch)
      while fails - fits > 1 {
        let middle = (fits + fails) / 2
        if exceeded(by: line(middle)) == nil { fits = middle } else { fails = middle }
      }
      // Sizes come in classes, so that it may be a little less.
      func allowed(_ size: Int) -> Int { size - size % resolvedRecipe.batchMultiple }
      fits = allowed(fits)
      while fits >= least, exceeded(by: rehearsal(ofBatch: fits)) != nil {
        fits = allowed(fits * 9 / 10)
      }
      return MemoryShortage(
        need: need, limit: limit, batch: batch, fitting: fits < least ? nil : fits,
        canAccumulate: R.schema.keys.contains { $0.path == "accumulate" })
    }
    // A batch far too large is not even rehearsed: lists of its samples would be too large already.
    if batch > 4 * least {
      let need = line(batch)
      if let limit = exceeded(by: need, times: 2) { throw shortage(need, limit) }
    }
    let need = rehearsal(ofBatch: batch)
    if let limit = exceeded(by: need) { throw shortage(need, limit) }
    return need
  }

  /// What the training would need with that batch: its steps, previews and evaluations in the order in which
  /// the loop has them.
  private func rehearsal(ofBatch batch: Int) -> MemoryNeed {
    var recipe = resolvedRecipe
    recipe.batch = batch
    var need = MemoryNeed()
    let plan = MemoryPlan()
    inPrecision {
      plan.rehearse {
        let trainer = recipe.trainer(data)
        let moments = 4 * trainer.optimizers.reduce(0) { $0 + $1.momentCount }
        need.moments = moments
        need.parameters = max(0, plan.live - moments)
        _ = trainer.preview()
        for _ in 0..<2 { _ = try? trainer.step() }
        _ = trainer.preview()
        _ = try? trainer.step()
        if recipe.loop.evaluateEvery != nil {
          _ = try? trainer.evaluate()
          StoragePool.shared.trim()
          _ = trainer.preview()
          _ = try? trainer.step()
        }
      }
    }
    need.pool = plan.peak
    need.activations = max(0, plan.peak.resident - need.parameters - need.moments)
    return need
  }
}
