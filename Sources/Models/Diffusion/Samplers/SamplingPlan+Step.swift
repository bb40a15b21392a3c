import Compute

extension SamplingPlan {
  /// What a step leaves for the one after it.
  struct Kept {
    /// The mixture that it began with.
    let mixture: Values
    /// The image that it estimated.
    let estimate: Values
  }

  /// The next mixture, and the image as it is estimated, from the denoiser's answer at an evaluation.
  ///
  /// - Parameters:
  ///   - noise: of unit variance; asked for where there is a use for it.
  func step(
    _ index: Int, _ mixture: Values, _ output: Values, after kept: Kept?, noise: () -> Values
  ) -> (next: Values, estimate: Values) {
    let evaluation = evaluations[index]
    var estimate = Values.sum(
      [(evaluation.estimate.mixture, mixture), (evaluation.estimate.output, output)])
    if let range = clipRange.map({ Float($0) }) {
      estimate = Values(estimate.shape) {
        Elementwise.transform(
          .clamp(low: -range, high: range), estimate.pointer, into: $0, count: estimate.count)
      }
    }
    let factors = evaluation.next
    let next = Values.sum(
      [
        (factors.mixture, mixture), (factors.estimate, estimate), (factors.output, output),
        (factors.previousMixture, kept?.mixture), (factors.previousEstimate, kept?.estimate),
        (factors.noise, factors.noise == 0 ? nil : noise()),
      ])
    return (next, estimate)
  }
}

extension Values {
  /// The sum of arrays times factors; those whose factor is zero are left out.
  static func sum(_ parts: [(factor: Double, values: Values?)]) -> Values {
    let parts = parts.compactMap { part in
      part.factor == 0 ? nil : part.values.map { (Float(part.factor), $0) }
    }
    guard let first = parts.first else { preconditionFailure("a sum of nothing") }
    return Values(first.1.shape) { y in
      for start in stride(from: 0, to: parts.count, by: 2) {
        let (a, x) = parts[start]
        let (b, z) = start + 1 < parts.count ? parts[start + 1] : (0, x)
        Elementwise.scaledSum(
          a, x.pointer, b, z.pointer, into: y, count: x.count, accumulate: start > 0)
      }
    }
  }
}
