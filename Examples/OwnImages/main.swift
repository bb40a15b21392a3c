import Autograd
import Compute
import Datasets
import Images
import Layers
import Models
import Training

let source = CommandLine.arguments.dropFirst().first ?? "shapes"
let steps = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 2000
let side = 32

let dataset = try ImageDataset(source, .init(size: side, channels: 3))
let batches = BatchLoader(
  BatchSampler(
    dataset, batchSize: 32, seed: 1, augmentation: Augmentation(flip: .horizontal)))
print("\(dataset.count) images")

let objective = DiffusionObjective(
  schedule: NoiseSchedule(.cosine), target: .velocity, minSNRGamma: 5)
let noise = RandomStream(seed: 1, purpose: .noise)

func mixed(_ images: Values, step: Int) -> DiffusionObjective.Batch {
  objective.batch(
    images, noise: noise.normals(images.shape, step: step),
    timesteps: objective.timesteps(0..<images.shape[0], step: step, seed: 1))
}

var sizes = UNetConfiguration()
sizes.blockOutChannels = [32, 64, 64]
sizes.downBlocks = [.plain, .plain, .attention]
sizes.upBlocks = [.attention, .plain, .plain]
sizes.layersPerBlock = 1
sizes.normNumGroups = 8
sizes.attentionHeadDim = 32
try sizes.check()

var adam = OptimizerOptions(learningRate: 1e-3)
adam.schedule.warmupSteps = 100
adam.schedule.kind = .cosine
adam.maxGradientNorm = 1
let learner = Learner(adam, emaDecay: 0.999, steps: steps, seed: 1) { [sizes] in UNet(sizes) }

for step in 0..<steps {
  let batch = mixed(try batches.next().images, step: step)
  let report = try learner.step(mode: .training(seed: 1, step: step)) { _ in
    let told = learner.model(Tensor(constant: batch.noisy), timesteps: batch.timesteps)
    return objective.loss(told, batch)
  }
  if step % 100 == 0 { print("step \(step)  loss \(report.loss)") }
}

let plan = try SamplingPlan(
  SamplerOptions(.ddim, steps: min(50, steps)), objective.schedule, objective.target)
let latents = DenoisingLoop.latents(0..<16, [side, side, 3], seed: 7)
let denoiser = Denoiser(learner.average.model)
let drawn = DenoisingLoop(plan, seed: 7)(
  0..<16, from: latents, denoise: denoiser.callAsFunction)
try ImageGrid(columns: 4).image(of: images(drawn)).write(to: "images.png")
