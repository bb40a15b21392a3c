import Autograd
import Compute

/// Group normalization: Wu and He, "Group Normalization" (2018).
public struct GroupNorm: Module {
  /// [channels].
  public let weight: Parameter
  /// [channels].
  public let bias: Parameter
  /// How many groups the channels are in.
  public let groups: Int
  /// What is added to the variance.
  public let epsilon: Float

  /// A layer for images whose number of channels is a multiple of the groups.
  public init(groups: Int, channels: Int, epsilon: Float = 1e-5) {
    precondition(
      groups > 0 && channels % groups == 0, "group norm: \(channels) channels in \(groups) groups")
    weight = Parameter([channels], .constant(1))
    bias = Parameter([channels], .constant(0))
    self.groups = groups
    self.epsilon = epsilon
  }

  /// x [N, ..., channels], each image's groups normalized, then the activation; `shift` [N, channels]
  /// and `modulation` [N, 2 channels] are an image's own, as `groupNorm` has them.
  public func callAsFunction(
    _ x: Tensor, shift: Tensor? = nil, modulation: Tensor? = nil,
    activation: Activation = .identity
  ) -> Tensor {
    groupNorm(
      x, weight: weight.tensor, bias: bias.tensor, groups: groups, epsilon: epsilon, shift: shift,
      modulation: modulation, activation: activation)
  }
}
