/// Losses by element.
public protocol LossKernels {
  /// The sum of softplus(x) - target x: the binary cross-entropy of logits with a target in [0, 1].
  static func binaryCrossEntropy(_ x: UnsafePointer<Float>, count: Int, target: Float) -> Float

  /// dx = or += scale (sigmoid(x) - target).
  static func binaryCrossEntropyGradient(
    _ x: UnsafePointer<Float>, count: Int, target: Float, scale: Float,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool)
}
