import Compute
import Runs

/// Tunes a trained denoiser so that from any noise it tells the same image as from less of the same noise,
/// down to none, and so in one step what sampling comes to in many.
///
/// Geng et al., "Consistency Models Made Easy" (2024), after Song et al., "Consistency Models" (2023): the
/// image that is estimated at a time t is brought to the one that the same weights estimate at an earlier
/// time r, with the same noise and the same dropout. At first r is mostly 0, where it is the image itself, and
/// the loss that of a diffusion; stage by stage r comes nearer to t.
///
/// With a teacher it is consistency distillation: the sample at r is the one that the teacher's answer at t
/// leads to, in place of the one with the same noise. Both are the same on average, but the teacher's does not
/// vary, and may be guided, as in Luo et al., "Latent Consistency Models" (2023).
struct ConsistencyTuning {
  /// How images and noise are mixed, and what the denoiser tells.
  let objective: DiffusionObjective
  /// In how many stages the times come together.
  let stages: Int
  /// How many steps the tuning has.
  let steps: Int

  /// The paper's `k` and `b`, by which little noise keeps a greater distance, and its deviation of images, in
  /// whose measure it has its sigmas.
  private static let (nearest, fall, imageDeviation) = (8.0, 1.0, 0.5)
  /// The largest difference of sigmas by which an error still counts less.
  private static let mostDifference = 80.0

  /// The sigma of the earlier time of each that has those sigmas; 0 for the image itself.
  func earlierSigmas(_ sigmas: [Double], step: Int) -> [Double] {
    let stage = min(step * stages / max(1, steps), stages - 1)
    let logits = sigmas.map { Float(-Self.fall * Self.imageDeviation * $0) }
    let parts = Values([logits.count]) {
      Elementwise.map(.sigmoid, logits, into: $0, count: logits.count)
    }.elements
    return zip(sigmas, parts).map { sigma, part in
      let distance = (1 + Self.nearest * Double(part)) / Double(1 << (stage + 1))
      return sigma * max(0, 1 - distance)
    }
  }

  /// What the denoiser learns of images with noise, each at its time.
  ///
  /// - Parameters:
  ///   - teacher: what tells the way from a time to the earlier one; nil for the image and noise themselves.
  ///   - predict: what the denoiser tells at the moment. Nothing of either is recorded.
  func batch(
    _ images: Values, noise: Values, timesteps: [Float], classes: [Int32]?, step: Int,
    teacher: ((_ noisy: Values, _ timesteps: [Float]) -> Values)?,
    predict: (_ noisy: Values, _ timesteps: [Float]) -> Values
  ) -> DiffusionObjective.Batch {
    let levels = timesteps.map(objective.noiseLevel)
    let earlier = earlierSigmas(levels.map(\.sigma), step: step).map { sigma -> Int? in
      sigma < objective.schedule.sigma(at: 0) ? nil : Int(objective.schedule.time(ofSigma: sigma))
    }
    let earlierLevels = earlier.map { objective.schedule.noiseLevel(at: $0 ?? -1) }
    func sum(_ x: Values, _ y: Values, _ factors: [(x: Double, y: Double)]) -> Values {
      Values(images.shape) {
        Elementwise.scaledSum(
          rows: factors.map { Float($0.x) }, x.pointer, factors.map { Float($0.y) }, y.pointer,
          into: $0, columns: images.count / timesteps.count)
      }
    }
    let noisy = sum(images, noise, levels.map { ($0.signal, $0.noise) })
    let combinations = levels.map(objective.target.image)
    var parts = (image: images, noise: noise)
    if let teacher {
      let told = teacher(noisy, timesteps)
      parts.image = sum(noisy, told, combinations.map { ($0.noisy, $0.output) })
      parts.noise = sum(
        noisy, told, levels.map(objective.target.noise).map { ($0.noisy, $0.output) })
    }
    let less = sum(parts.image, parts.noise, earlierLevels.map { ($0.signal, $0.noise) })
    let told = predict(less, earlier.map { Float($0 ?? 0) })
    // Without noise the sample is the image, whatever is told of it.
    let estimates = sum(
      less, told,
      zip(earlier, earlierLevels).map { time, level in
        let image = objective.target.image(level)
        return time == nil ? (1, 0) : (image.noisy, image.output)
      })
    // What is to be told, so that the image is the estimate.
    let target = sum(
      estimates, noisy, combinations.map { (1 / $0.output, -$0.noisy / $0.output) })
    let weights = levels.indices.map { row -> Float in
      let difference = levels[row].sigma - earlierLevels[row].sigma
      let output = combinations[row].output
      return Float(output * output / min(difference, Self.mostDifference))
    }
    return DiffusionObjective.Batch(
      noisy: noisy, timesteps: timesteps, classes: classes, target: target, weights: weights,
      imageScales: combinations.map { Float($0.output) })
  }
}

/// What a denoiser is trained for.
public enum DenoisingLoss: String, RecipeChoice {
  /// To tell what is noise, as samplers ask it in many steps.
  case denoising
  /// To estimate the same image at all times, for sampling in one or two steps.
  case consistency
}
