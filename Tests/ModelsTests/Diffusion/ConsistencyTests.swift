import Autograd
import Compute
import Layers
import TestSupport
import Testing
import Training

@testable import Files
@testable import Models
@testable import Runs

/// Consistency tuning, with denoisers whose answers are known, and its sampler.
struct ConsistencyTests {
  private static let objective = DiffusionObjective(
    schedule: NoiseSchedule(.cosine), target: .velocity, minSNRGamma: 5)
  private static let tuning = ConsistencyTuning(objective: objective, stages: 4, steps: 100)
  private static let images = RandomStream(seed: 1, purpose: .drawing).normals([4, 3, 3, 1])
  private static let noise = RandomStream(seed: 1, purpose: .noise).normals([4, 3, 3, 1])
  private static let timesteps: [Float] = [3, 250, 600, 990]

  private static func expectNear(_ ours: Values, _ theirs: Values, within tolerance: Float) {
    #expect(
      zip(ours.elements, theirs.elements).allSatisfy {
        abs($0 - $1) <= tolerance * max(1, abs($1))
      })
  }

  @Test func theTimesComeTogether() {
    let sigmas = [0.01, 0.3, 1, 20, 20_000]
    var before = [Double](repeating: -1, count: sigmas.count)
    for step in [0, 25, 50, 75, 99] {
      let earlier = Self.tuning.earlierSigmas(sigmas, step: step)
      #expect(zip(earlier, sigmas).allSatisfy { $0 >= 0 && $0 < $1 })
      #expect(zip(earlier, before).allSatisfy { $0 >= max(0, $1) })
      before = earlier
    }
    // At first half the noise where there is much, and none where there is little.
    let first = Self.tuning.earlierSigmas(sigmas, step: 0)
    #expect(first[0] == 0 && abs(first[4] / sigmas[4] - 0.5) < 1e-6)
    #expect(before[4] > 0.9 * sigmas[4])
  }

  /// Earlier times stay in their segment, and come nearer from stage to stage.
  @Test func segmentsEndWhereDDIMsStepsDo() {
    var tuning = Self.tuning
    tuning.segments = 2
    let times = [0, 3, 499, 500, 999]
    let levels = times.map { Self.objective.schedule.noiseLevel(at: $0) }
    func earlier(_ step: Int) -> [(time: Int?, end: Int?)] {
      tuning.earlierTimes(times.map(Float.init), levels, step: step)
    }
    #expect(earlier(0).map(\.end) == [nil, nil, nil, 499, 499])
    #expect(earlier(0).map(\.time) == [nil, nil, nil, 499, 499])
    #expect(earlier(25).map(\.time) == [nil, nil, 249, 499, 749])
    #expect(earlier(99).map(\.time) == [nil, nil, 437, 499, 937])
  }

  /// What is to be predicted leads in one step of DDIM to where two steps lead: the first by what the teacher
  /// predicts, the second by what the denoiser itself does.
  @Test(arguments: [0, 99]) func oneStepLeadsWhereTwoDo(step: Int) {
    let objective = DiffusionObjective(schedule: NoiseSchedule(.cosine), target: .sample)
    let tuning = ConsistencyTuning(objective: objective, stages: 4, steps: 100, segments: 2)
    func answers(_ seed: UInt64) -> Values {
      RandomStream(seed: seed, purpose: .drawing).normals(Self.images.shape)
    }
    let (teacher, student) = (answers(2), answers(3))
    let batch = tuning.batch(
      Self.images, noise: Self.noise, timesteps: Self.timesteps, classes: nil, step: step,
      teacher: { _, _ in teacher }, predict: { _, _ in student })
    let levels = Self.timesteps.map(objective.noiseLevel)
    let ways = tuning.earlierTimes(Self.timesteps, levels, step: step)
    let size = Self.images.count / levels.count
    for index in 0..<Self.images.count {
      let row = index / size
      func predicted(_ values: Values) -> Double { Double(values.elements[index]) }
      func ddim(_ noisy: Double, _ image: Double, _ from: NoiseLevel, _ to: NoiseLevel) -> Double {
        to.signal * image + to.noise * (noisy - from.signal * image) / from.noise
      }
      let middle = ways[row].time.map { objective.schedule.noiseLevel(at: $0) } ?? .clean
      let end = ways[row].end.map { objective.schedule.noiseLevel(at: $0) } ?? .clean
      let noisy = predicted(batch.noisy)
      var reached = ddim(noisy, predicted(teacher), levels[row], middle)
      if middle != end { reached = ddim(reached, predicted(student), middle, end) }
      #expect(abs(ddim(noisy, predicted(batch.target), levels[row], end) - reached) < 1e-4)
    }
  }

  /// A run tuned in segments is sampled by DDIM, and not by a sampler that adds noise.
  @Test func segmentsAreSampledByDDIM() throws {
    var recipe = DiffusionRecipe()
    (recipe.target, recipe.lossKind, recipe.consistencySegments) = (.velocity, .consistency, 2)
    #expect(recipe.sampler(steps: 2).kind == .ddim)
    #expect(throws: SamplingError.self) {
      _ = try recipe.plan(recipe.sampler(.consistency, steps: 2))
    }
    recipe.lossKind = .denoising
    #expect(throws: RecipeProblem.self) { try recipe.check() }
  }

  /// A denoiser that knows the image tells at both times what a diffusion's is to tell.
  @Test(arguments: [0, 99], [PredictionTarget.velocity, .epsilon, .sample])
  func whoKnowsTheImageHasNothingToLearn(step: Int, target: PredictionTarget) {
    for segments in [1, 2, 3] {
      for hasTeacher in [false, true] {
        expectNothingToLearn(
          step: step, target: target, segments: segments, hasTeacher: hasTeacher)
      }
    }
  }

  private func expectNothingToLearn(
    step: Int, target: PredictionTarget, segments: Int, hasTeacher: Bool
  ) {
    let objective = DiffusionObjective(schedule: NoiseSchedule(.cosine), target: target)
    let tuning = ConsistencyTuning(
      objective: objective, stages: 4, steps: 100, segments: segments)
    func told(_ timesteps: [Float]) -> DiffusionObjective.Batch {
      objective.batch(Self.images, noise: Self.noise, timesteps: timesteps)
    }
    var asked: [Float] = []
    let exact = told(Self.timesteps)
    let batch = tuning.batch(
      Self.images, noise: Self.noise, timesteps: Self.timesteps, classes: nil, step: step,
      teacher: hasTeacher
        ? { noisy, timesteps in
          #expect(noisy.elements == exact.noisy.elements && timesteps == Self.timesteps)
          return exact.target
        } : nil
    ) { _, timesteps in
      asked = timesteps
      return told(timesteps).target
    }
    #expect(zip(asked, Self.timesteps).allSatisfy { $0 < $1 })
    #expect(batch.noisy.elements == exact.noisy.elements && batch.timesteps == exact.timesteps)
    // Of much noise, epsilon is told of an image that it hardly shows.
    Self.expectNear(batch.target, exact.target, within: target == .epsilon ? 2e-3 : 1e-4)
  }

  /// The same error weighs more from stage to stage, which is no divergence.
  @Test func aRisingLossIsNoDivergence() throws {
    var recipe = DiffusionRecipe.small
    (recipe.target, recipe.lossKind) = (.velocity, .consistency)
    let measurements = [Measurement("loss", 40)]
    #expect(try recipe.opened().overallLoss(measurements) == nil)
    recipe.lossKind = .denoising
    #expect(try recipe.opened().overallLoss(measurements) == 40)
  }

  /// The teacher drops nothing, and takes no dropout from the student.
  @Test func theTeacherDropsNothing() throws {
    var recipe = DiffusionRecipe.small
    (recipe.model.dropout, recipe.target, recipe.lossKind) = (0.5, .velocity, .consistency)
    recipe.hasTeacher = true
    let trainer = try recipe.opened()
    let noisy = RandomStream(seed: 1, purpose: .noise)
      .normals([2, 8, 8, trainer.diffusion.learner.model.configuration.inChannels])
    let told = try #require(trainer.teaching(of: [0, 1]))
    let evaluated = told(noisy, [5, 500]).elements
    withMode(.training(seed: 3, step: 7)) {
      let rate = { Mode.current.nextDropout(rate: 0.5)?.stream.layer }
      #expect(rate() == 0)
      #expect(told(noisy, [5, 500]).elements == evaluated)
      #expect(rate() == 1)
    }
  }

  /// A resumed tuning has the teacher that it began with, not what has become of the UNet.
  @Test func theTeacherStaysAsItWas() throws {
    var recipe = DiffusionRecipe.small
    (recipe.target, recipe.lossKind, recipe.hasTeacher) = (.velocity, .consistency, true)
    func trained(_ trainer: DiffusionTrainer, _ steps: Int) throws -> [Float] {
      for _ in 0..<steps { _ = try trainer.step() }
      return trainer.diffusion.learner.model.parameters.flatMap { $0.value.values.elements }
    }
    let whole = try trained(recipe.opened(), 4)
    let first = try recipe.opened()
    _ = try trained(first, 2)
    let folder = TemporaryFolder()
    let store = CheckpointStore(Place(folder("checkpoints")))
    let second = try recipe.opened()
    try second.restore(
      store.write(step: 2, files: first.checkpointFiles(), state: ["seed": 0]))
    #expect(try trained(second, 2) == whole)
    withExtendedLifetime(folder) {}
    recipe.hasTeacher = false
    #expect(try trained(recipe.opened(), 4) != whole)
  }

  /// Weight times scale^2 d^2 over the root of scale^2 d^2 + c^2: the derivative of the root, to be exact.
  @Test func largeErrorsCountLess() {
    let count = 4
    func loss(error: Float) -> Float {
      let batch = DiffusionObjective.Batch(
        noisy: Self.images, timesteps: Self.timesteps, classes: nil, target: Self.images,
        weights: Array(repeating: 2, count: count),
        imageScales: Array(repeating: -0.5, count: count))
      let prediction = Values(Self.images.shape, Self.images.elements.map { $0 + error })
      return Self.objective.loss(Tensor(constant: prediction), batch).item
    }
    for error: Float in [0.01, 0.1, 1] {
      let size = (0.25 * error * error + 1e-6).squareRoot()
      #expect(abs(loss(error: error) / (2 * error * error / size) - 1) < 1e-3)
    }
  }

  /// Teacher and student drop the same: with the same times they tell the same, and nothing is to learn.
  @Test func bothPassesDropTheSame() throws {
    var recipe = DiffusionRecipe.small
    (recipe.model.dropout, recipe.target, recipe.lossKind) = (0.5, .velocity, .consistency)
    (recipe.classDropout, recipe.accumulate) = (0, 2)
    let trainer = try recipe.opened()
    let unet = trainer.diffusion.learner.model
    let noisy = RandomStream(seed: 1, purpose: .noise)
      .normals([2, 8, 8, unet.configuration.inChannels])
    let mode = Mode.training(seed: 3, step: 7)
    func told(_ mode: Mode) -> [[Float]] {
      withMode(mode) {
        (0..<2).map { part in
          unet(
            Tensor(constant: noisy),
            timesteps: [5, 500], classes: [0, Int32(part)]
          ).values.elements
        }
      }
    }
    #expect(told(mode) == told(.training(seed: 3, step: 7)))
    #expect(told(mode) != told(.training(seed: 3, step: 8)))
    let measurements = try trainer.step()
    #expect(measurements.allSatisfy { $0.value.isFinite })
  }

  /// With the image that the differential equation leads to, any number of steps samples a normal
  /// distribution.
  @Test(arguments: [1, 2, 5]) func theSamplerSamplesTheData(steps: Int) throws {
    let (mean, sigma) = (0.2, 0.1)
    var recipe = DiffusionRecipe()
    (recipe.target, recipe.lossKind) = (.sample, .consistency)
    var options = recipe.sampler(steps: steps)
    #expect(options.kind == .consistency && recipe.guidance == .none)
    options.clipRange = nil
    let schedule = recipe.noiseSchedule
    let numbers = 0..<64
    let drawn = DenoisingLoop(try recipe.plan(options), seed: 1)(
      numbers, from: DenoisingLoop.latents(numbers, [4, 4, 2], seed: 1)
    ) { x, time in
      let level = schedule.noiseLevel(at: Int(time))
      let deviation = (level.signal * level.signal * sigma * sigma + level.noise * level.noise)
        .squareRoot()
      return Values(
        x.shape,
        x.elements.map { Float(mean + sigma * (Double($0) - level.signal * mean) / deviation) })
    }.elements
    let found = drawn.reduce(0.0) { $0 + Double($1) } / Double(drawn.count)
    let variance = drawn.reduce(0.0) { $0 + (Double($1) - found) * (Double($1) - found) }
    #expect(abs(found - mean) < 0.01)
    #expect(abs((variance / Double(drawn.count)).squareRoot() - sigma) < 0.01)

    recipe.lossKind = .denoising
    #expect(throws: SamplingError.self) { _ = try recipe.plan(options) }
  }
}
