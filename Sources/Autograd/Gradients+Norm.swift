import Compute

extension Gradients {
  /// Writes what a normalization's backward pass finds; the input's gradient first, with which the
  /// others come.
  mutating func write(
    _ norm: NormGradients, to x: Tensor, _ weight: Tensor?, _ bias: Tensor?
  ) {
    write(to: x) { norm.input(into: $0, accumulate: $1) }
    write(to: weight) { norm.weight(into: $0, accumulate: $1) }
    write(to: bias) { norm.bias(into: $0, accumulate: $1) }
  }
}

/// The precondition of all norms: a weight, and perhaps a bias, for each channel.
func checkNorm(_ name: String, _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) {
  precondition(
    !x.shape.isEmpty && weight.shape == [x.values.columns]
      && bias?.shape ?? weight.shape == weight.shape,
    "\(name) of \(x.shape): weight \(weight.shape), bias \(bias?.shape ?? [])")
}
