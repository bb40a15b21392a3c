import KernelInterface

/// Group normalization of x [N, rows, C], and an activation behind it: for images [N, H, W, C] the
/// rows are the pixels of one image.
///
/// Each image's channels are normalized in groups of C / groups neighbors. Wu and He, "Group
/// Normalization" (2018); as many groups as channels make it instance norm. An image's result does
/// not depend on the others'.
public struct GroupNormalization: Sendable {
  private let norm: ChannelNorm

  /// A group norm of those sizes; the groups must divide the channels.
  public init(
    batch: Int, rows: Int, channels: Int, groups: Int, epsilon: Float = 1e-5,
    activation: Activation = .identity
  ) {
    precondition(
      batch >= 0 && rows >= 0 && channels > 0 && groups > 0 && channels % groups == 0,
      "group norm of [\(batch), \(rows), \(channels)] in \(groups) groups")
    norm = ChannelNorm(
      samples: batch, rows: rows, channels: channels, groups: groups, epsilon: epsilon,
      activation: activation)
  }

  /// Normalizes each image.
  ///
  /// - Parameters:
  ///   - x: [N, rows, C].
  ///   - weight: [C], ones if nil.
  ///   - bias: [C], zeros if nil.
  ///   - y: [N, rows, C]; may be `x`, if the backward pass is not wanted.
  ///   - mean: [N, groups], for the backward pass.
  ///   - rstd: [N, groups], 1 / sqrt(variance + epsilon), for the backward pass.
  ///   - condition: What each image adds to x, and how it scales and shifts what is normalized.
  ///   - distances: [N, C], the channels' means less their groups', for the backward pass if the
  ///     condition has a shift.
  public func forward(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>?, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>, condition: NormCondition = NormCondition(),
    distances: UnsafeMutablePointer<Float>? = nil
  ) {
    norm.forward(
      x, .init(weight: weight, bias: bias, condition: condition), into: y,
      .init(mean: mean, rstd: rstd, distances: distances))
  }

  /// Normalizes again, with the statistics that the forward pass left: y [N, rows, C], the same bits.
  public func apply(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>?, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>, condition: NormCondition = NormCondition()
  ) {
    norm.apply(
      x, .init(weight: weight, bias: bias, condition: condition), into: y,
      .init(mean: mean, rstd: rstd))
  }

  /// The backward pass for dy [N, rows, C], with what the forward pass had and left.
  public func gradients(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, weight: UnsafePointer<Float>?,
    bias: UnsafePointer<Float>?, mean: UnsafeMutablePointer<Float>,
    rstd: UnsafeMutablePointer<Float>, condition: NormCondition = NormCondition(),
    distances: UnsafeMutablePointer<Float>? = nil
  ) -> NormGradients {
    precondition(
      condition.shift == nil || distances != nil,
      "the gradient of a group norm's shift without the distances of its forward pass")
    return norm.gradients(
      x, dy, .init(weight: weight, bias: bias, condition: condition),
      .init(mean: mean, rstd: rstd, distances: distances))
  }
}
