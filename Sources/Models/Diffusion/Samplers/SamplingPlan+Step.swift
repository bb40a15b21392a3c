import Compute

extension SamplingPlan {
  /// What a step leaves for the one after it.
  struct Kept {
    /// The noisy sample that it began with.
    let noisy: Values
    /// The image that it estimated.
    let predicted: Values
  }

  /// The next noisy sample, and the image as it is estimated, from the denoiser's answer at a model call.
  ///
  /// - Parameters:
  ///   - noise: of unit variance; asked for where there is a use for it.
  func step(
    _ index: Int, _ noisy: Values, _ output: Values, after kept: Kept?, noise: () -> Values
  ) -> (next: Values, predicted: Values) {
    let modelCall = modelCalls[index]
    var predicted = Values.sum(
      [(modelCall.predicted.noisy, noisy), (modelCall.predicted.output, output)])
    if let range = clipRange.map({ Float($0) }) {
      predicted = Values(predicted.shape) {
        Elementwise.transform(
          .clamp(low: -range, high: range), predicted.pointer, into: $0, count: predicted.count)
      }
    }
    let factors = modelCall.next
    let next = Values.sum(
      [
        (factors.noisy, noisy), (factors.predicted, predicted), (factors.output, output),
        (factors.previousNoisy, kept?.noisy), (factors.previousPredicted, kept?.predicted),
        (factors.noise, factors.noise == 0 ? nil : noise()),
      ])
    return (next, predicted)
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
