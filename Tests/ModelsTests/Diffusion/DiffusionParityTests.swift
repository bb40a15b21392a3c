import Autograd
import Compute
import Foundation
import Layers
import Testing

@testable import Models
@testable import Runs
@testable import Training

/// Training steps of a small UNet beside diffusers' and PyTorch's, from the same weights, noise, times
/// and classes (Tests/Parity/diffusion/make.py).
@Suite struct DiffusionParityTests {
  private static let cases: [(name: String, objective: DiffusionObjective)] = {
    let schedule = NoiseSchedule(
      .cosine, steps: 1000, betaStart: 1e-4, betaEnd: 0.02, rescaleToZeroSNR: false)
    return [
      ("epsilon", DiffusionObjective(schedule: schedule, target: .epsilon)),
      ("sample", DiffusionObjective(schedule: schedule, target: .sample, minSNRGamma: 5)),
      ("velocity", DiffusionObjective(schedule: schedule, target: .velocity, minSNRGamma: 5)),
      ("flow", DiffusionObjective(.flow, schedule: schedule)),
    ]
  }()

  private let file: SafetensorsFile

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    file = try SafetensorsFile(
      folder.appending(path: "../../Parity/diffusion/steps.safetensors").standardized.path)
  }

  private func diffusion(_ objective: DiffusionObjective) throws -> Diffusion {
    var configuration = UNetConfiguration()
    (configuration.sampleSize, configuration.inChannels, configuration.outChannels) = (8, 1, 1)
    configuration.blockOutChannels = [4, 8]
    configuration.downBlocks = [.plain, .attention]
    configuration.upBlocks = [.attention, .plain]
    configuration.layersPerBlock = 1
    configuration.normNumGroups = 2
    configuration.attentionHeadDim = 4
    configuration.classCount = 4
    var options = OptimizerOptions(learningRate: 2e-3)
    options.schedule.kind = .cosine
    (options.schedule.warmupSteps, options.schedule.minLearningRate) = (3, 2e-4)
    (options.weightDecay, options.maxGradientNorm) = (0.05, 0.3)
    let diffusion = Diffusion(
      configuration, objective: objective, optimizer: options, emaDecay: 0.9, steps: 10)
    try diffusion.learner.arrays.read(from: file, prefix: "unet.")
    try diffusion.learner.averageArrays?.read(from: file, prefix: "unet.")
    return diffusion
  }

  /// What a step learns from, in one part or in two.
  private func batches(
    _ step: Int, of diffusion: Diffusion, parts: Int
  ) throws -> [DiffusionObjective.Batch] {
    let isFlow = diffusion.objective.kind == .flow
    let (images, noise) = (try file.values("images"), try file.values("noise.\(step)"))
    let times = try file.values(isFlow ? "times" : "timesteps").elements
    let classes = try file.values("classes").elements
    let (count, size) = (images.shape[0], images.count / images.shape[0])
    return (0..<parts).map { part in
      let range = part * count / parts..<(part + 1) * count / parts
      func slice(_ values: Values) -> Values {
        Values(
          [range.count] + values.shape.dropFirst(),
          Array(values.elements[range.lowerBound * size..<range.upperBound * size]))
      }
      return diffusion.objective.batch(
        slice(images), noise: slice(noise), timesteps: range.map { times[step * count + $0] },
        classes: range.map { Int32(classes[step * count + $0]) })
    }
  }

  @Test(arguments: [1, 2]) func gradientsOfTheFirstStep(parts: Int) throws {
    let diffusion = try diffusion(Self.cases[2].objective)
    _ = try diffusion.step(
      batches(0, of: diffusion, parts: parts), mode: .training(seed: 0, step: 0))
    let slab = diffusion.learner.slab
    let whole = Self.norm(
      UnsafeBufferPointer(start: slab.gradients.base, count: slab.count).map(Double.init))
    for entry in slab.entries {
      let theirs = try file.values("velocity.gradient.\(entry.path)")
      try #require(theirs.shape == entry.shape, "\(entry.path)")
      let distance = Self.norm(
        zip(entry.range, theirs.elements).map {
          Double(slab.gradients.base[$0]) - Double($1)
        })
      // The gradient of the keys' bias is zero but for rounding: the softmax does not see it.
      let size = Self.norm(theirs.elements.map(Double.init))
      #expect(distance <= max(1e-5 * size, 1e-7 * whole), "\(entry.path)")
    }
  }

  @Test(arguments: cases.indices) func tenSteps(index: Int) throws {
    let (name, objective) = Self.cases[index]
    let diffusion = try diffusion(objective)
    let losses = try file.values("\(name).losses").elements
    let norms = try file.values("\(name).norms").elements
    for step in 0..<10 {
      let report = try diffusion.step(
        batches(step, of: diffusion, parts: 1), mode: .training(seed: 0, step: step))
      #expect(abs(report.loss - losses[step]) <= 1e-4, "step \(step)")
      let norm = Float(report.gradientNorm)
      #expect(abs(norm - norms[step]) <= 1e-3 * norms[step], "step \(step)")
    }
    let average = diffusion.learner.average.parameters
    let norm = Self.norm(
      UnsafeBufferPointer(start: average.values.base, count: average.count).map(Double.init))
    let theirs = try file.values("\(name).average").elements[0]
    #expect(abs(norm - Double(theirs)) <= 1e-5 * norm)
  }

  private static func norm(_ elements: [Double]) -> Double {
    elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
