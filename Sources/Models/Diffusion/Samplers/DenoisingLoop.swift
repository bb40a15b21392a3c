import Compute

/// Draws images with a denoiser along a plan.
///
/// The noise of image i at step s is a function of the seed, i and s, so an image depends neither on
/// the others of a batch nor on threads.
public struct DenoisingLoop {
  /// The sampler.
  public let plan: SamplingPlan
  /// The seed of all noise.
  public let seed: UInt64
  /// An image to begin with, in place of noise alone [H, W, C], in -1...1.
  public var initial: Values?
  /// The mask of inpainting: 1 where to sample, 0 where the initial image stays [H, W, C].
  ///
  /// Lugmayr et al., "RePaint: Inpainting using Denoising Diffusion Probabilistic Models" (2022).
  public var mask: Values?
  /// With a mask: how often each step is done, with noise added again in between, so that what is sampled
  /// goes together with what stays (the paper's resampling, with jumps of one step).
  public var repetitions = 10

  /// A loop along a plan.
  public init(_ plan: SamplingPlan, seed: UInt64) { (self.plan, self.seed) = (plan, seed) }

  /// Where a drawing is, for whoever looks on.
  public struct State {
    /// How many model calls are done.
    public let modelCall: Int
    /// The images as they are estimated now [N, H, W, C].
    public let predicted: Values
    /// The images with the noise that is left in them, of about unit variance [N, H, W, C].
    public let noisy: Values
  }

  /// What the random numbers of a drawing are for.
  private enum Stream: Int {
    case latents, step, known, again
  }

  /// The noise that images of a seed begin with, by their numbers [N, H, W, C]; at the stops of a
  /// walk other than the first, 0, it is another.
  public static func latents(
    _ numbers: Range<Int>, _ shape: [Int], seed: UInt64, stop: Int = 0
  ) -> Values {
    RandomStream(seed: seed, purpose: .sampling, layer: Stream.latents.rawValue).normals(
      [numbers.count] + shape, firstSample: numbers.lowerBound, step: stop)
  }

  /// Draws the images of those numbers.
  ///
  /// - Parameters:
  ///   - latents: noise of unit variance to begin with [N, H, W, C].
  ///   - observe: called after each model call.
  ///   - denoise: what the denoiser tells of a noisy sample [N, H, W, C] at a time.
  /// - Returns: [N, H, W, C], about -1...1.
  public func callAsFunction(
    _ numbers: Range<Int>, from latents: Values, observe: (State) -> Void = { _ in },
    denoise: (_ noisy: Values, _ timestep: Float) throws -> Values
  ) rethrows -> Values {
    let shape = latents.shape
    precondition(
      shape.first == numbers.count && (initial.map { $0.shape == Array(shape.dropFirst()) } ?? true)
        && (mask.map { $0.shape == initial?.shape } ?? true),
      "drawing \(numbers) of \(shape) from \(initial?.shape ?? []) with \(mask?.shape ?? [])")
    func noise(_ stream: Stream, _ step: Int) -> Values {
      RandomStream(seed: seed, purpose: .sampling, layer: stream.rawValue).normals(
        shape, firstSample: numbers.lowerBound, step: step)
    }
    let known = initial.map { Self.repeated($0, numbers.count) }
    let unknown = mask.map { Self.repeated($0, numbers.count) }
    var x = Values.sum([(plan.initialSigma, latents)])
    if let known {
      guard let first = plan.modelCalls.first?.from else { return known }
      x = .sum([(first.signal, known), (first.noise, latents)])
    }
    var previous: SamplingPlan.Kept?
    for (index, modelCall) in plan.modelCalls.prefix(MemoryPlan.rounds(plan.modelCalls.count))
      .enumerated()
    {
      let rounds = unknown == nil ? 1 : repetitions
      for round in 0..<rounds {
        let place = index * rounds + round
        let output = try denoise(x, Float(modelCall.timestep))
        var (next, predicted) = plan.step(index, x, output, after: previous) { noise(.step, place) }
        if let known, let unknown {
          let there = Values.sum(
            [
              (modelCall.to.signal, known),
              (modelCall.to.noise, modelCall.to.noise == 0 ? nil : noise(.known, place)),
            ])
          next = Self.chosen(next, where: unknown, otherwise: there)
        }
        if round + 1 < rounds {
          let again = modelCall.from.renoising(modelCall.to)
          x = .sum([(again.noisy, next), (again.noise, noise(.again, place))])
        } else {
          previous = SamplingPlan.Kept(noisy: x, predicted: predicted)
          x = next
          let left = modelCall.to
          let size = (left.signal * left.signal + left.noise * left.noise).squareRoot()
          observe(
            State(modelCall: index + 1, predicted: predicted, noisy: .sum([(1 / size, x)])))
        }
      }
    }
    return x
  }

  /// The same image so many times.
  private static func repeated(_ image: Values, _ count: Int) -> Values {
    Values([count] + image.shape) { y in
      for index in 0..<count {
        (y + index * image.count).update(from: image.pointer, count: image.count)
      }
    }
  }

  /// `values` where the mask is 1, `others` where it is 0, and blends between.
  private static func chosen(
    _ values: Values, where mask: Values, otherwise others: Values
  ) -> Values {
    Values(values.shape) { y in
      Elementwise.combine(.subtract, values.pointer, others.pointer, into: y, count: values.count)
      Elementwise.combine(.multiply, y, mask.pointer, into: y, count: values.count)
      Elementwise.combine(.add, y, others.pointer, into: y, count: values.count)
    }
  }
}

/// Classifier-free guidance: what a denoiser tells without a class, and `scale` times the way from
/// there to what it tells with one.
///
/// Ho and Salimans, "Classifier-Free Diffusion Guidance" (2022), in the form with 1 for no change.
public func guided(_ conditional: Values, without unconditional: Values, scale: Float) -> Values {
  precondition(
    conditional.shape == unconditional.shape,
    "guidance from \(unconditional.shape) to \(conditional.shape)")
  return Values(conditional.shape) {
    Elementwise.scaledSum(
      scale, conditional.pointer, 1 - scale, unconditional.pointer, into: $0,
      count: conditional.count)
  }
}
