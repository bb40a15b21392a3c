import Autograd
import Compute
import Datasets
import Evaluation
import Foundation
import Images
import Layers
import Models
import Runs
import Training

struct Mixture {
  let centers: Values
  let deviation: Float

  init(_ centers: [[Float]], deviation: Float) {
    let numbers = centers.flatMap { $0 }
    let scale = (numbers.reduce(0) { $0 + $1 * $1 } / Float(numbers.count)).squareRoot()
    self.centers = Values([centers.count, 2], numbers.map { $0 / scale })
    self.deviation = deviation / scale
  }

  static let ring = Mixture(
    (0..<8).map { place in
      let angle = Float(place) * .pi / 4
      return [cos(angle), sin(angle)]
    }, deviation: 0.01)
  static let grid = Mixture(
    [-4, -2, 0, 2, 4].flatMap { x in [-4, -2, 0, 2, 4].map { y in [x, y] } }, deviation: 0.05)

  func points(_ count: Int, seed: UInt64, step: Int) -> Values {
    let modes = RandomStream(seed: seed, purpose: .drawing)
      .integers(below: centers.shape[0], count: count, step: step)
    let noise = RandomStream(seed: seed, purpose: .drawing, layer: 1)
      .normals([count, 2], step: step)
    return Values([count, 2]) { points in
      for place in 0..<2 * count {
        let center = centers.pointer[2 * Int(modes[place / 2]) + place % 2]
        points[place] = center + deviation * noise.pointer[place]
      }
    }
  }
}

struct PointGenerator: GeneratorNetwork {
  let hidden = [Linear(2, 400), Linear(400, 400)]
  let output = Linear(400, 2)

  func callAsFunction(_ latents: Tensor, classes: [Int32]?) -> Tensor {
    output(hidden.reduce(latents) { $1($0, activation: .relu) })
  }
}

struct PointDiscriminator: DiscriminatorNetwork {
  let hidden = [Linear(2, 200), Linear(200, 200), Linear(200, 200)]
  let output = Linear(200, 1)
  static let leaky = Activation.leakyRelu(slope: 0.2)

  func callAsFunction(_ points: Tensor, classes: [Int32]?) -> Tensor {
    let features = hidden.reduce(points) { $1($0, activation: Self.leaky) }
    return reshape(output(features), to: [points.shape[0]])
  }

  func callAsFunction(
    _ points: Tensor, tangent: Tensor, classes: [Int32]?
  ) -> (logits: Tensor, derivatives: Tensor) {
    let (features, change) = hidden.reduce((points, tangent)) { x, layer in
      let y = layer(x.0, activation: Self.leaky)
      return (y, activationTangent(layer.tangent(x.1), Self.leaky, at: y))
    }
    let count = [points.shape[0]]
    return (reshape(output(features), to: count), reshape(output.tangent(change), to: count))
  }
}

func learn(_ mixture: Mixture, seed: UInt64, steps: Int) throws -> ModeCoverage {
  var adam = OptimizerOptions(learningRate: 0.002, beta1: 0, beta2: 0.99)
  adam.schedule.kind = .cosine
  let gan = GAN(
    loss: .relativistic, optimizer: adam, steps: steps, seed: seed,
    generator: PointGenerator.init, discriminator: PointDiscriminator.init)
  gan.penalty.every = 4
  let noise = RandomStream(seed: seed, purpose: .noise)

  for step in 0..<steps {
    let weight = 0.1 * pow(1e-4, Double(step) / Double(steps))
    (gan.penalty.r1, gan.penalty.r2) = (weight, weight)
    _ = try gan.step(
      real: mixture.points(128, seed: seed, step: step),
      latents: noise.normals([128, 2], step: step), mode: .training(seed: seed, step: step))
  }

  let latents = RandomStream(seed: seed, purpose: .sampling).normals([2500, 2])
  return ModeCoverage(
    of: gan.sample(latents), centers: mixture.centers, standardDeviation: mixture.deviation)
}

func stacked(_ images: Values) -> Values {
  let (count, side) = (images.shape[0] / 3, images.shape[1])
  let pixels = side * side
  return Values([count, side, side, 3]) { stacks in
    for image in 0..<3 * count {
      for pixel in 0..<pixels {
        stacks[(image / 3 * pixels + pixel) * 3 + image % 3] =
          images.pointer[image * pixels + pixel]
      }
    }
  }
}

func channels(of stack: Image) -> [Image] {
  (0..<3).map { channel in
    let pixels = stride(from: channel, to: stack.pixels.count, by: 3).map { stack.pixels[$0] }
    return Image(width: stack.width, height: stack.height, channels: 1, pixels: pixels)
  }
}

func learnStacks(seed: UInt64, steps: Int) throws -> Int {
  guard let run = Pretrained.find("classifier-fashion") else {
    stop("no classifier-fashion: run ToyGAN in the package's folder, or set GEN_HOME", status: 66)
  }
  let judge = try TrainedClassifier(run)
  let dataset = try ImageDataset("fashion-mnist", .init(size: 32, channels: 1))
  let batches = BatchLoader(BatchSampler(dataset, batchSize: 3 * 64, seed: seed))
  var sizes = DCGANConfiguration(size: 32, imageChannels: 3, channels: 32)
  sizes.discriminatorNorm = .none
  var penalty = GradientPenalty()
  (penalty.r1, penalty.r2, penalty.every) = (1, 1, 4)
  var adam = OptimizerOptions(learningRate: 7e-4, beta1: 0.5)
  adam.schedule.kind = .cosine
  let gan = DCGAN(
    sizes, loss: .relativistic, penalty: penalty, optimizer: adam, steps: steps, seed: seed)
  let noise = RandomStream(seed: seed, purpose: .noise)

  for step in 0..<steps {
    _ = try gan.step(
      real: stacked(try batches.next().images),
      latents: noise.normals([64, 1, 1, sizes.latentSize], step: step),
      mode: .training(seed: seed, step: step))
  }

  let stream = RandomStream(seed: seed, purpose: .sampling)
  var modes = Set<[Int32]>()
  for first in stride(from: 0, to: 26000, by: 260) {
    let latents = stream.normals([260, 1, 1, sizes.latentSize], firstSample: first)
    let classes = judge(images(gan.sample(latents)).flatMap(channels)).classes
    for stack in 0..<260 { modes.insert(Array(classes[3 * stack..<3 * stack + 3])) }
  }
  return modes.count
}

func stop(_ message: String, status: Int32) -> Never {
  FileHandle.standardError.write(Data("\(message)\n".utf8))
  exit(status)
}

func report(_ seeds: ClosedRange<UInt64>, learn: (UInt64) throws -> ModeCoverage) rethrows {
  let found = try seeds.map { seed in
    let coverage = try learn(seed)
    print("seed \(seed)  modes \(coverage.modes)  quality \(coverage.quality)")
    return coverage
  }
  print(
    "at least \(found.map(\.modes).min() ?? 0) modes, quality \(found.map(\.quality).min() ?? 0)")
}

let arguments = CommandLine.arguments.dropFirst()
let data = arguments.first ?? "ring"
let seeds = 1...max(1, arguments.dropFirst().first.flatMap { UInt64($0) } ?? 1)
let steps = arguments.dropFirst(2).first.flatMap { Int($0) }

switch data {
case "ring": try report(seeds) { try learn(.ring, seed: $0, steps: steps ?? 16_000) }
case "grid": try report(seeds) { try learn(.grid, seed: $0, steps: steps ?? 40_000) }
case "stacked":
  for seed in seeds {
    print("seed \(seed)  modes \(try learnStacks(seed: seed, steps: steps ?? 14_800))")
  }
default: stop("\(data): not one of ring, grid and stacked", status: 64)
}
