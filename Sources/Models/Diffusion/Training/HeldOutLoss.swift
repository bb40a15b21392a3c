import Compute
import Datasets

/// The loss on held-out images at fixed noise levels: the same images, times and noise each time, so
/// that its course shows the training and not the luck of the draw.
struct HeldOutLoss {
  /// The images.
  let dataset: ImageDataset
  /// How many of them, from the first on.
  let count: Int
  /// How many are taken at a time.
  let batch: Int
  /// Whether their classes are given to the denoiser.
  let isConditional: Bool

  /// How many times each image is asked for.
  static let levels = 10

  /// Ten times at equal distances, in the middle of each tenth.
  static func timesteps(of steps: Int) -> [Float] {
    (0..<levels).map { Float((2 * $0 + 1) * steps / (2 * levels)) }
  }

  /// The mean squared error over all images and times, of what the average tells.
  ///
  /// The noise does not depend on the run's seed, so that runs can be compared.
  /// - Parameter tell: Is told how many of the images are done.
  /// - Throws: `DatasetError` if an image cannot be read any more.
  func callAsFunction(
    _ diffusion: Diffusion, _ tell: (_ done: Int, _ count: Int) -> Void
  ) throws -> Double {
    let noise = RandomStream(seed: 0, purpose: .evaluation)
    let objective = diffusion.objective
    var sum = 0.0
    for start in MemoryPlan.parts(Array(stride(from: 0, to: count, by: batch))) {
      let held = try dataset.batch(start..<min(start + batch, count))
      for (level, timestep) in Self.timesteps(of: objective.schedule.steps).enumerated() {
        sum += diffusion.squaredError(
          objective.batch(
            held.images,
            noise: noise.normals(held.images.shape, firstSample: start, step: level),
            timesteps: Array(repeating: timestep, count: held.indices.count),
            classes: isConditional ? held.labels : nil))
      }
      if Abandonment.isGivenUp { break }
      tell(start + held.indices.count, count)
    }
    return sum / Double(count * Self.levels)
  }
}
