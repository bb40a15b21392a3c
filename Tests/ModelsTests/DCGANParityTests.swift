import Autograd
import Compute
import Foundation
import Layers
import Testing
import Training

@testable import Models
@testable import Runs

/// Training steps of a small DCGAN beside PyTorch's, from the same weights, images and latents
/// (Tests/Parity/dcgan/make.py).
struct DCGANParityTests {
  private static let losses: [AdversarialLoss] = [.nonSaturating, .hinge, .leastSquares]

  /// PyTorch's run with one of the losses.
  private struct Reference {
    let name: String
    let file: SafetensorsFile
    let loss: AdversarialLoss

    init(_ name: String, _ loss: AdversarialLoss) throws {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      file = try SafetensorsFile(
        folder.appendingPathComponent("../Parity/dcgan/\(name).safetensors").standardized.path)
      (self.name, self.loss) = (name, loss)
    }

    /// A GAN with the file's sizes and values, before the first step.
    func gan() throws -> any TrainedGAN {
      let (images, latents) = try (file.values("real.0").shape, file.values("latents.0").shape)
      var configuration = DCGANConfiguration(
        size: images[1], imageChannels: images[3], latentSize: latents[3],
        channels: try file.values("discriminator.input.weight").shape[3])
      if hasClasses {
        configuration.classCount = try file.values("generator.class_embedding.weight").shape[0]
      }
      // As in make.py.
      var penalty = GradientPenalty()
      var optimizer = OptimizerOptions(learningRate: 2e-4, beta1: 0.5, beta2: 0.999)
      if !["32", "64", "two-rates"].contains(name) {
        configuration.discriminatorNorm = name == "spectral" ? .spectral : .none
        (penalty.r1, penalty.r2) = name == "wasserstein" ? (0, 0) : (0.5, 0.25)
      }
      switch name {
      case "two-rates":
        (optimizer.learningRate, optimizer.schedule.minLearningRate) = (1e-3, 1e-4)
        optimizer.schedule.kind = .cosine
      case "wasserstein": penalty.wganGP = 10
      case "spectral": penalty.every = 2
      case "packed": configuration.packing = 3
      default: break
      }
      func make<G, D>(
        _ generator: (DCGANConfiguration) -> G, _ discriminator: (DCGANConfiguration) -> D
      ) -> any TrainedGAN where G: GeneratorNetwork, D: DiscriminatorNetwork {
        GAN(
          loss: loss, penalty: penalty, packing: configuration.packing, optimizer: optimizer,
          discriminatorOptimizer: name == "two-rates" ? optimizer.atLearningRate(4e-3) : nil,
          discriminatorSteps: discriminatorSteps, steps: 10,
          generator: { generator(configuration) }, discriminator: { discriminator(configuration) })
      }
      let gan =
        name == "residual"
        ? make(ResidualGenerator.init, ResidualDiscriminator.init)
        : make(Generator.init, Discriminator.init)
      for (prefix, network) in gan.networks {
        try network.arrays.read(from: file, prefix: prefix)
      }
      return gan
    }

    private var hasClasses: Bool { file.entries.contains { $0.name == "classes.0" } }
    private var discriminatorSteps: Int { name == "two-rates" ? 2 : 1 }

    /// Does a step with what the file has for it; batches of images are taken in turn.
    func doStep(_ step: Int, of gan: any TrainedGAN) throws -> GANLosses {
      let batches = file.entries.filter { $0.name.hasPrefix("real.") }.count
      return try gan.step(
        (step * discriminatorSteps..<(step + 1) * discriminatorSteps).map { number in
          GANBatch(
            real: try file.values("real.\(number % batches)"),
            latents: try file.values("latents.\(number)"),
            classes: hasClasses
              ? try file.values("classes.\(number % batches)").elements.map { Int32($0) } : nil,
            interpolation: name == "wasserstein"
              ? try file.values("interpolation.\(number)").elements : nil)
        }, mode: .training(seed: 0, step: step))
    }

    /// Expects that arrays of a network are PyTorch's: ||a - b|| / ||b|| at most 1e-5 for each.
    func expect(_ kind: String, _ arrays: [NamedArray]) throws {
      for array in arrays {
        let name = "\(loss.rawValue).\(kind).\(array.name)"
        let theirs = try file.values(name)
        try #require(theirs.shape == array.shape, "\(name)")
        var ours: [Float] = []
        try array.withElements { ours = Array($0) }
        let distance = Self.norm(zip(ours, theirs.elements).map { Double($0) - Double($1) })
        // A bias that both logits of a pair have in common has no gradient at all.
        let length = max(Self.norm(theirs.elements.map(Double.init)), 1e-6)
        #expect(distance / length <= 1e-5, "\(name)")
      }
    }

    private static func norm(_ elements: [Double]) -> Double {
      elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }

  /// The files, and the losses in each.
  private static let cases: [(name: String, loss: AdversarialLoss)] =
    ["32", "64"].flatMap { name in losses.map { (name, $0) } }
    + (losses + [.relativistic]).map { ("penalized", $0) }
    + [
      ("two-rates", .nonSaturating), ("wasserstein", .wasserstein), ("spectral", .hinge),
      ("packed", .relativistic), ("residual", .leastSquares),
    ]

  @Test(arguments: cases)
  func firstStep(name: String, loss: AdversarialLoss) throws {
    let reference = try Reference(name, loss)
    let gan = try reference.gan()
    _ = try reference.doStep(0, of: gan)
    for (prefix, network) in gan.networks {
      let slab = network.optimizer.slab
      let gradients = SlabArrays(slab.entries, in: slab.gradients).named(prefix)
      try reference.expect("gradient", gradients)
      let parameters = Set(gradients.map(\.name))
      try reference.expect(
        "after", network.arrays.named(prefix).filter { !parameters.contains($0.name) })
    }
  }

  @Test(arguments: cases)
  func lossesOfTenSteps(name: String, loss: AdversarialLoss) throws {
    let reference = try Reference(name, loss)
    let gan = try reference.gan()
    let discriminator = try reference.file.values("\(loss.rawValue).losses.discriminator").elements
    let generator = try reference.file.values("\(loss.rawValue).losses.generator").elements
    try #require(discriminator.count == 10 && generator.count == 10)
    for step in 0..<10 {
      let ours = try reference.doStep(step, of: gan)
      #expect(abs(ours.discriminator - discriminator[step]) <= 1e-4, "discriminator, step \(step)")
      #expect(abs(ours.generator - generator[step]) <= 1e-4, "generator, step \(step)")
    }
  }
}
