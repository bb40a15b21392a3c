/// Losses by element.
public protocol LossKernels {
  /// The sum of softplus(x) - target x: the binary cross-entropy of logits with targets in [0, 1], one
  /// for each or, without, `target` for all.
  static func binaryCrossEntropy(
    _ x: UnsafePointer<Float>, count: Int, targets: UnsafePointer<Float>?, target: Float
  ) -> Float

  /// dx = or += scale (sigmoid(x) - target).
  static func binaryCrossEntropyGradient(
    _ x: UnsafePointer<Float>, count: Int, targets: UnsafePointer<Float>?, target: Float,
    scale: Float,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool)
}
