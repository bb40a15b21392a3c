/// Parameters that share the optimizer's settings.
public enum ParameterGroup: String, CaseIterable, Sendable {
  /// Weight decay applies: matrices and convolution kernels.
  case decay
  /// Weight decay does not apply: biases, and gains of norms.
  case noDecay
}
