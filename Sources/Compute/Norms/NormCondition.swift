/// What the samples of a group norm bring of their own, such as the time of a diffusion model.
public struct NormCondition {
  /// [N, C], added to all rows of x before they are normalized; nil for nothing.
  public var shift: UnsafePointer<Float>?
  /// [N, 2 C], a scale s and a shift t by channel: (1 + s) z + t stands for the norm's z before the
  /// activation; nil for z itself.
  public var modulation: UnsafePointer<Float>?

  /// No condition, or the parts that are given.
  public init(shift: UnsafePointer<Float>? = nil, modulation: UnsafePointer<Float>? = nil) {
    (self.shift, self.modulation) = (shift, modulation)
  }
}
