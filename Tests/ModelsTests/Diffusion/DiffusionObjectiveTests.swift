import Autograd
import Compute
import Testing

@testable import Models

/// What a denoiser learns from.
@Suite struct DiffusionObjectiveTests {
  private static func objective(
    _ kind: DiffusionObjective.Kind = .diffusion, _ target: PredictionTarget = .epsilon,
    gamma: Double? = nil
  ) -> DiffusionObjective {
    DiffusionObjective(
      kind,
      schedule: NoiseSchedule(
        .cosine, steps: 1000, betaStart: 1e-4, betaEnd: 0.02, rescaleToZeroSNR: false),
      target: target, minSNRGamma: gamma)
  }

  private static let images = RandomStream(seed: 1, purpose: .drawing).normals([4, 3, 3, 1])
  private static let noise = RandomStream(seed: 1, purpose: .noise).normals([4, 3, 3, 1])
  private static let timesteps: [Float] = [0, 250, 600, 990]

  /// From the noisy sample and the target together, image and noise come back.
  @Test(arguments: PredictionTarget.allCases) func targetsInvert(target: PredictionTarget) {
    let objective = Self.objective(.diffusion, target)
    let batch = objective.batch(Self.images, noise: Self.noise, timesteps: Self.timesteps)
    #expect(batch.weights == nil && batch.timesteps == Self.timesteps)
    for place in 0..<36 {
      let alpha = objective.schedule.alphasCumulative[Int(Self.timesteps[place / 9])]
      let (signal, sigma) = (alpha.squareRoot(), (1 - alpha).squareRoot())
      let (x, told) = (
        Double(batch.noisy.pointer[place]), Double(batch.target.pointer[place])
      )
      let (image, noise): (Double, Double) =
        switch target {
        case .epsilon: ((x - sigma * told) / signal, told)
        case .sample: (told, (x - signal * told) / sigma)
        case .velocity: (signal * x - sigma * told, sigma * x + signal * told)
        }
      // Where hardly any of it is in the noisy sample, little comes back.
      #expect(abs(image - Double(Self.images.pointer[place])) < 1e-5 / signal)
      #expect(abs(noise - Double(Self.noise.pointer[place])) < 1e-5 / sigma)
    }
  }

  @Test func aFlowIsAStraightLine() {
    let objective = Self.objective(.flow)
    let times: [Float] = [0, 250, 500, 1000]
    let batch = objective.batch(Self.images, noise: Self.noise, timesteps: times)
    for place in 0..<36 {
      let part = times[place / 9] / 1000
      let (x, velocity) = (batch.noisy.pointer[place], batch.target.pointer[place])
      #expect(abs(x - part * velocity - Self.images.pointer[place]) < 1e-6)
      #expect(abs(x + (1 - part) * velocity - Self.noise.pointer[place]) < 1e-6)
    }
  }

  /// The weights of the three targets are the same weight of the error in the image.
  @Test func minSNRWeights() throws {
    let gamma = 5.0
    var weights: [PredictionTarget: [Float]] = [:]
    for target in PredictionTarget.allCases {
      let objective = Self.objective(.diffusion, target, gamma: gamma)
      weights[target] =
        objective.batch(Self.images, noise: Self.noise, timesteps: Self.timesteps).weights
    }
    let sample = try #require(weights[.sample])
    for (index, timestep) in Self.timesteps.enumerated() {
      let alpha = Self.objective().schedule.alphasCumulative[Int(timestep)]
      let ratio = alpha / (1 - alpha)
      #expect(abs(Double(sample[index]) / min(ratio, gamma) - 1) < 1e-6)
      // noise = (x_t - signal x_0) / sigma, so its error is that of x_0 times the ratio's root.
      let epsilon = try Double(#require(weights[.epsilon])[index])
      #expect(abs(epsilon * ratio / Double(sample[index]) - 1) < 1e-6)
      let velocity = try Double(#require(weights[.velocity])[index])
      #expect(abs(velocity * (ratio + 1) / Double(sample[index]) - 1) < 1e-6)
    }
    #expect(sample[0] == 5 && sample[3] < 0.01)
  }

  /// Where nothing of the image is left, the noise is told in full, and an image cannot be.
  @Test func minSNRWeightsWithoutSignal() {
    let weights: [Float?] = PredictionTarget.allCases.map { target in
      let schedule = NoiseSchedule(.linear, steps: 10, rescaleToZeroSNR: true)
      let objective = DiffusionObjective(schedule: schedule, target: target, minSNRGamma: 5)
      return objective.batch(Self.images, noise: Self.noise, timesteps: [9, 9, 9, 9]).weights?[0]
    }
    #expect(PredictionTarget.allCases == [.epsilon, .sample, .velocity])
    #expect(weights == [1, 0, 0])
  }

  @Test func theLossWeighsImages() {
    let plain = Self.objective()
    let batch = plain.batch(Self.images, noise: Self.noise, timesteps: Self.timesteps)
    let prediction = Tensor(constant: Self.images)
    let mean = plain.loss(prediction, batch).item
    let doubled = DiffusionObjective.Batch(
      noisy: batch.noisy, timesteps: batch.timesteps, classes: nil, target: batch.target,
      weights: [2, 2, 2, 2])
    #expect(abs(plain.loss(prediction, doubled).item / mean - 2) < 1e-6)
  }

  /// An image's time depends on its number and the step alone, and all times come.
  @Test(arguments: DiffusionObjective.Kind.allCases)
  func timesOfABatch(kind: DiffusionObjective.Kind) {
    let objective = Self.objective(kind)
    let whole = objective.timesteps(0..<4096, step: 7, seed: 3)
    #expect(objective.timesteps(100..<140, step: 7, seed: 3) == Array(whole[100..<140]))
    #expect(objective.timesteps(0..<4096, step: 8, seed: 3) != whole)
    #expect(whole.allSatisfy { $0 >= 0 && $0 < 1000 })
    #expect((whole == whole.map { $0.rounded() }) == (kind == .diffusion))
    for tenth in 0..<10 {
      let count = whole.count { Int($0) / 100 == tenth }
      #expect((330...490).contains(count), "\(count) of 4096 in a tenth")
    }
  }

  @Test func fixedNoiseLevels() {
    #expect(
      HeldOutLoss.timesteps(of: 1000) == [50, 150, 250, 350, 450, 550, 650, 750, 850, 950])
    #expect(HeldOutLoss.timesteps(of: 10) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  }
}
