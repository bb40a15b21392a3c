import Autograd
import CLibrary
import Compute
import Layers

/// Times as sines and cosines: Vaswani et al., "Attention Is All You Need" (2017), as Ho et al.,
/// "Denoising Diffusion Probabilistic Models" (2020), have them.
///
/// With half = C / 2 rounded down, the frequencies are 10000^(-k / (half - shift)) for k in 0..<half;
/// a row has the sines and then the cosines, or the other way round, and a zero if C is odd.
struct TimestepSinusoids {
  let channels: Int
  let frequencyShift: Int
  let cosinesFirst: Bool

  /// Those of a UNet of that configuration.
  init(_ configuration: UNetConfiguration) {
    channels = configuration.blockOutChannels[0]
    frequencyShift = configuration.freqShift
    cosinesFirst = configuration.flipSinToCos
  }

  /// The rows of the times, [N, channels].
  func callAsFunction(_ timesteps: [Float]) -> Values {
    if MemoryPlan.isRehearsal { return Values([timesteps.count, channels]) }
    let half = channels / 2
    // Exponents and angles are rounded where PyTorch rounds them: at a time of 1000 each rounding of
    // an angle moves its sine by up to 3e-5.
    let scale = Float(-log(10000.0))
    let frequencies = (0..<half).map { k in
      Float(exp(Double(scale * Float(k) / Float(half - frequencyShift))))
    }
    let angles = timesteps.flatMap { time in frequencies.map { time * $0 } }
    let (sines, cosines) = (map(.sin, angles), map(.cos, angles))
    let (first, second) = cosinesFirst ? (cosines, sines) : (sines, cosines)
    return Values(
      [timesteps.count, channels],
      timesteps.indices.flatMap { row in
        let range = row * half..<(row + 1) * half
        return first[range] + second[range] + Array(repeating: 0, count: channels % 2)
      })
  }

  private func map(_ function: ElementaryFunction, _ x: [Float]) -> [Float] {
    Values([x.count]) { Elementwise.map(function, x, into: $0, count: x.count) }.elements
  }
}

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
