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
///
/// With several segments of time it is multistep consistency (Heek, Hoogeboom and Salimans, "Multistep Consistency
/// Models", 2024): from any time of a segment the denoiser predicts the same noisy sample at the segment's end,
/// where DDIM with a step for each segment goes on. A segment is easier to learn than the whole way.
struct ConsistencyTuning {
  /// How images and noise are mixed, and what the denoiser tells.
  let objective: DiffusionObjective
  /// In how many stages the times come together.
  let stages: Int
  /// How many steps the tuning has.
  let steps: Int
  /// Into how many segments the times are cut, as trailing spacing cuts them into steps.
  var segments = 1

  /// The paper's `k` and `b`, by which little noise keeps a greater distance, and its deviation of images, in
  /// whose measure it has its sigmas.
  private static let (nearest, fall, imageDeviation) = (8.0, 1.0, 0.5)
  /// The largest difference of sigmas by which an error still counts less.
  private static let mostDifference = 80.0

  /// The sigma of the earlier time of each that has those sigmas; 0 for the image itself.
  func earlierSigmas(_ sigmas: [Double], step: Int) -> [Double] {
    let logits = sigmas.map { Float(-Self.fall * Self.imageDeviation * $0) }
    let parts = Values([logits.count]) {
      Elementwise.map(.sigmoid, logits, into: $0, count: logits.count)
    }.elements
    return zip(sigmas, parts).map { sigma, part in
      let distance = (1 + Self.nearest * Double(part)) / Double(1 << (stage(ofStep: step) + 1))
      return sigma * max(0, 1 - distance)
    }
  }

  private func stage(ofStep step: Int) -> Int {
    min(step * stages / max(1, steps), stages - 1)
  }

  /// The earlier time of each, and where its segment ends; nil for the image itself.
  ///
  /// Within segments the times are at equal distances, which fall from a segment to a half of it, and so on: there
  /// is a sample to reach at the end of each, wherever the noise is.
  func earlierTimes(
    _ timesteps: [Float], _ levels: [NoiseLevel], step: Int
  ) -> [(time: Int?, end: Int?)] {
    let schedule = objective.schedule
    guard segments > 1 else {
      return earlierSigmas(levels.map(\.sigma), step: step).map { sigma in
        (sigma < schedule.sigma(at: 0) ? nil : Int(schedule.time(ofSigma: sigma)), nil)
      }
    }
    let ends = TimestepSpacing.trailing.timesteps(segments, of: schedule.steps)
    let distance = max(1, schedule.steps / (segments << stage(ofStep: step)))
    return timesteps.map { time in
      let end = ends.first { $0 < Int(time) }
      let earlier = max(end ?? -1, Int(time) - distance)
      return (earlier < 0 ? nil : earlier, end)
    }
  }

  /// The factor of the predicted image in the noisy sample at the level `end` to which DDIM goes from `level`.
  private static func imageFactor(_ level: NoiseLevel, _ end: NoiseLevel) -> Double {
    end.signal - (level.noise > 0 ? level.signal * end.noise / level.noise : 0)
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
    let ways = earlierTimes(timesteps, levels, step: step)
    let earlier = ways.map(\.time)
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
    // The image with which one step from t to the segment's end comes to where two do, the first to r by what
    // the noise tells and the second by the estimate; of the whole way, the second does it all.
    let shares = ways.indices.map { row -> Double in
      let end = objective.schedule.noiseLevel(at: ways[row].end ?? -1)
      return Self.imageFactor(earlierLevels[row], end) / Self.imageFactor(levels[row], end)
    }
    let goals = segments > 1 ? sum(estimates, parts.image, shares.map { ($0, 1 - $0) }) : estimates
    // What is to be told, so that the image is that one.
    let target = sum(
      goals, noisy, combinations.map { (1 / $0.output, -$0.noisy / $0.output) })
    let weights = levels.indices.map { row -> Float in
      let output = combinations[row].output
      // Of segments, each has its sample to reach, and none counts more than another.
      guard segments == 1 else { return Float(output * output) }
      let difference = levels[row].sigma - earlierLevels[row].sigma
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
  /// To estimate the same image at all times, or the same end of a segment, for sampling in a few steps.
  case consistency
}
