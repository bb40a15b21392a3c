import Compute

extension Precision {
  /// What the products and convolutions of ops, forward and backward, round their operands to.
  ///
  /// It is a scope, and an op keeps for the backward pass what it was recorded with:
  /// ```swift
  /// Precision.$current.withValue(.bfloat16Amx) { tape.record { loss(model(x)) } }
  /// ```
  @TaskLocal public static var current = Precision.float32
}
