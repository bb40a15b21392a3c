import Autograd
import Layers

/// What a UNet makes of the sines and cosines of a time: a linear layer, SiLU and another linear layer.
struct TimestepEmbedding: Module {
  // The names in diffusers' checkpoints, whose underscore camel case has no letter for.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  let linear_1, linear_2: Linear

  init(_ inputs: Int, _ outputs: Int) {
    linear_1 = Linear(inputs, outputs)
    linear_2 = Linear(outputs, outputs)
  }

  /// x [N, inputs] to [N, outputs].
  func callAsFunction(_ x: Tensor) -> Tensor { linear_2(linear_1(x, activation: .silu)) }
}
