import Autograd
import Compute
import Datasets
import Images
import Layers
import Models
import Training

struct Generator: Module {
  let start = ConvTranspose2D(64, 128, kernel: 7), norm1 = BatchNorm2D(128)
  let grow = ConvTranspose2D(128, 64, kernel: 4, stride: 2, padding: 1), norm2 = BatchNorm2D(64)
  let draw = ConvTranspose2D(64, 1, kernel: 4, stride: 2, padding: 1)

  func callAsFunction(_ z: Tensor) -> Tensor {
    draw(norm2(grow(norm1(start(z), activation: .relu)), activation: .relu), activation: .tanh)
  }
}

struct Discriminator: Module {
  let look = Conv2D(1, 64, kernel: 4, stride: 2, padding: 1)
  let think = Conv2D(64, 128, kernel: 4, stride: 2, padding: 1), norm = BatchNorm2D(128)
  let judge = Conv2D(128, 1, kernel: 7)

  func callAsFunction(_ x: Tensor) -> Tensor {
    let leaky = Activation.leakyRelu(slope: 0.2)
    return judge(norm(think(look(x, activation: leaky)), activation: leaky))
  }
}

let source = CommandLine.arguments.dropFirst().first ?? "fashion-mnist"
let steps = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 2000
let dataset = try ImageDataset(source, .init(size: 28, channels: 1))
let batches = BatchLoader(BatchSampler(dataset, batchSize: 64, seed: 1))

let (generator, discriminator) = (Generator(), Discriminator())
generator.initialize(seed: 1)
discriminator.initialize(seed: 2)
let adam = OptimizerOptions(learningRate: 2e-4, beta1: 0.5)
let (drawing, judging) = (Optimizer(of: generator, adam), Optimizer(of: discriminator, adam))
let noise = RandomStream(seed: 1, purpose: .noise)

for step in 0..<steps {
  let real = Tensor(constant: try batches.next().images)
  let z = Tensor(constant: noise.normals([64, 1, 1, 64], step: step))
  try withMode(.training(seed: 1, step: step)) {
    let fakes = generator(z)
    let judged = try judging.minimize {
      binaryCrossEntropy(logits: discriminator(real), target: 1)
        + binaryCrossEntropy(logits: discriminator(fakes), target: 0)
    }
    let drawn = try drawing.minimize {
      binaryCrossEntropy(logits: discriminator(generator(z)), target: 1)
    }
    if step % 100 == 0 { print("step \(step)  discriminator \(judged)  generator \(drawn)") }
  }
}

let latents = RandomStream(seed: 7, purpose: .sampling).normals([64, 1, 1, 64])
let drawn = images(generator(Tensor(constant: latents)).values)
try ImageGrid(columns: 8).image(of: drawn).write(to: "gan.png")
