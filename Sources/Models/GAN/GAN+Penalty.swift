import Autograd
import Compute

/// The discriminator's gradient penalties.
///
/// With v the slopes of a logit, dD/dx, the gradient of a function f of their length is that of
/// f'(|v|) / |v| v . dD/dx with all but the last factor held constant: a directional derivative, which the tangent
/// pass records. So it is exact, and is differentiated once.
extension GAN {
  /// The gradients of the logits with respect to their images.
  func slopes(_ images: Values, _ batch: GANBatch) -> Values {
    let tape = Tape()
    let watched = tape.watch(images)
    let logits = tape.record { judge(watched, batch) }
    let ones = Values(logits.shape) { $0.update(repeating: 1, count: logits.count) }
    return tape.gradients(of: logits, cotangent: ones)[watched]
  }

  /// The logits of images, and the penalty of R1 or R2 on their slopes, weight / 2 |v|^2.
  func penalizedLogits(
    _ images: Values, _ slopes: Values?, _ weight: Double, _ batch: GANBatch
  ) -> (logits: Tensor, penalty: Tensor?) {
    guard let slopes else { return (judge(Tensor(constant: images), batch), nil) }
    let (logits, derivatives) = discriminator.model(
      Tensor(constant: images), tangent: Tensor(constant: slopes), classes: batch.classes)
    let twice = mean(derivatives)
    // The derivative along v is |v|^2: half of it is taken away, and not differentiated.
    return (logits, affine(twice, scale: Float(weight), shift: Float(-weight / 2) * twice.item))
  }

  /// Points between images of the data and generated ones, and what WGAN-GP makes of the slopes there.
  struct Interpolates {
    let points: Values
    /// 2 (|v| - 1) / |v| v.
    let tangents: Values
    /// The mean of (|v| - 1)^2.
    let distance: Double
  }

  /// The points of a batch at which WGAN-GP's penalty is taken.
  func interpolates(_ batch: GANBatch, _ fakes: Values) -> Interpolates {
    let (count, size) = (fakes.shape[0], fakes.count / max(1, fakes.shape[0]))
    precondition(
      batch.interpolation?.count == count,
      "WGAN-GP's penalty at \(count) points between \(batch.interpolation?.count ?? 0) pairs")
    let parts = batch.interpolation ?? []
    let points = Values(fakes.shape) {
      Elementwise.scaledSum(
        rows: parts, batch.real.pointer, parts.map { 1 - $0 }, fakes.pointer, into: $0,
        columns: size)
    }
    let slopes = slopes(points, batch)
    let lengths = (0..<count).map {
      Reductions.sumOfSquares(slopes.pointer + $0 * size, count: size).squareRoot()
    }
    let tangents = Values(slopes.shape) {
      Elementwise.scaledSum(
        // Where there is no slope, it has no direction to grow in.
        rows: lengths.map { $0 > 0 ? Float(2 * ($0 - 1) / $0) : 0 }, slopes.pointer,
        Array(repeating: 0, count: count), slopes.pointer, into: $0, columns: size)
    }
    let distance = lengths.reduce(0) { $0 + ($1 - 1) * ($1 - 1) } / Double(max(1, count))
    return Interpolates(points: points, tangents: tangents, distance: distance)
  }

  /// WGAN-GP's penalty, weight (|v| - 1)^2.
  func lengthPenalty(_ at: Interpolates, _ batch: GANBatch) -> Tensor {
    let derivatives = discriminator.model(
      Tensor(constant: at.points), tangent: Tensor(constant: at.tangents), classes: batch.classes
    ).derivatives
    let rate = mean(derivatives)
    let weight = penalty.wganGP * Double(penalty.every)
    // The derivative has the gradient of the penalty, but another value.
    let excess = Float(weight * (Double(rate.item) - at.distance))
    return affine(rate, scale: Float(weight), shift: -excess)
  }
}
