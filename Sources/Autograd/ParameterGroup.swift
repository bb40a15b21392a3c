/// Parameters that share the optimizer's settings.
public enum ParameterGroup: String, CaseIterable, Sendable {
  /// Weight decay applies: embeddings, matrices and convolution kernels.
  case decay
  /// Weight decay does not apply: biases, and gains of norms.
  case noDecay
  /// Matrices between hidden layers, which an optimizer may treat as a whole; weight decay applies.
  case hidden

  /// Whether weight decay applies.
  public var isDecayed: Bool { self != .noDecay }
}
