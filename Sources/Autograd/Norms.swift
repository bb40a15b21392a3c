import Compute

extension Gradients {
  /// Writes what a normalization's backward pass finds; the input's gradient first, with which the
  /// others come.
  mutating func write(
    _ norm: NormGradients, to x: GradientTarget, _ weight: Tensor?, _ bias: Tensor?
  ) {
    write(to: x) { norm.input(into: $0, accumulate: $1) }
    write(to: weight) { norm.weight(into: $0, accumulate: $1) }
    write(to: bias) { norm.bias(into: $0, accumulate: $1) }
  }
}

/// The statistics that a norm's forward pass leaves for its pullback.
struct SavedStatistics {
  private let values: Values

  /// Room for that many means and deviations.
  init(count: Int) { values = Values([2, count]) }

  var mean: UnsafeMutablePointer<Float> { values.storage.base }
  var rstd: UnsafeMutablePointer<Float> { values.storage.base + values.columns }
}

/// The precondition of all norms: a weight, and perhaps a bias, for each channel.
func checkNorm(_ name: OpName, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?) {
  let shape = [x.values.columns]
  precondition(
    !x.shape.isEmpty && weight.shape == shape && bias?.shape ?? shape == shape,
    "\(name.rawValue) of \(x.shape): weight \(weight.shape), bias \(bias?.shape ?? [])")
}
