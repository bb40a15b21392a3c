import Compute

/// Confidence intervals by resampling: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993).
///
/// Images are drawn again with replacement, as many as there are. A measure of such a sample is biased by its
/// repetitions, so that only how far it spreads is taken: the interval is that of a normal distribution
/// around the measure itself.
struct Bootstrap {
  /// How many images there are.
  let count: Int

  /// How many samples are drawn.
  static let samples = 100
  /// The quantile of the normal distribution that 2.5 % lie above.
  private static let quantile = 1.959964

  /// How often each image is in the sample of that number.
  func weights(ofSample sample: Int) -> [Double] {
    var weights = [Double](repeating: 0, count: count)
    let stream = RandomStream(seed: 0, purpose: .evaluation)
    var sequence = stream.sequence(sample: sample, step: 1)
    for _ in 0..<count { weights[sequence.integer(below: count)] += 1 }
    return weights
  }

  /// The interval that holds a measure in 95 of 100 cases.
  ///
  /// - Parameter measure: of a sample, by how often each image is in it.
  func interval(
    around value: Double, _ measure: (_ weights: [Double]) -> Double
  ) -> ClosedRange<Double> {
    let values = (0..<Self.samples).map { measure(weights(ofSample: $0)) }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance =
      values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    let half = Self.quantile * variance.squareRoot()
    return value - half...value + half
  }

  /// The same of a measure that is the mean of a number for each image.
  func interval(ofMean numbers: [Double]) -> ClosedRange<Double> {
    let count = Double(numbers.count)
    return interval(around: numbers.reduce(0, +) / count) { weights in
      zip(numbers, weights).reduce(0) { $0 + $1.0 * $1.1 } / count
    }
  }
}
