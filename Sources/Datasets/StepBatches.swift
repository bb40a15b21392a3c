/// The batches of a training's steps, which a loader makes ahead of them.
public final class StepBatches {
  private let sampler: BatchSampler
  private let perStep: Int
  private var loader: BatchLoader?
  private var nextStep = 0

  /// Batches of a sampler, so many of them for each step.
  public init(_ sampler: BatchSampler, perStep: Int = 1) {
    (self.sampler, self.perStep) = (sampler, perStep)
  }

  /// The batches of a step; those of the step after the latest have been made meanwhile.
  /// - Throws: ``DatasetError`` if an image cannot be read any more.
  public func callAsFunction(ofStep step: Int) throws(DatasetError) -> [Batch] {
    let loader =
      if let next = self.loader, step == nextStep {
        next
      } else {
        BatchLoader(sampler, from: sampler.cursor(step: step * perStep), held: perStep)
      }
    (self.loader, nextStep) = (loader, step)
    var batches: [Batch] = []
    for _ in 0..<perStep { batches.append(try loader.next()) }
    nextStep += 1
    return batches
  }
}
