import Autograd
import CLibrary
import Compute
import Models

/// A step of training or of sampling, of a model at a size that others are measured at, too, on random
/// data.
public struct ModelBenchmark {
  /// Its name.
  public let name: String
  /// What it learns from or generates, for people: "images".
  public let itemName: String
  private let items: Int
  let prepare: () -> (parameters: Int, step: (Int) -> Void)

  /// The names of all.
  public static let names = [
    "dcgan32", "dcgan64", "unet-s", "unet-cifar", "unet-s-sample", "unet-cifar-sample", "gpt-cpu",
    "gpt-baby", "gpt-cpu-generate", "gpt-baby-generate", "lstm",
  ]

  /// The benchmark of that name; nil where there is none.
  public init?(name: String) {
    switch name {
    case "dcgan32": self = .training(name, DCGANConfiguration(size: 32, imageChannels: 1))
    case "dcgan64": self = .training(name, DCGANConfiguration(size: 64, imageChannels: 3))
    case "unet-s": self = .training(name, .small28, batch: 32)
    case "unet-cifar": self = .training(name, .ddpmCIFAR10, batch: 8)
    case "unet-s-sample": self = .sampling(name, .small28, batch: 16)
    case "unet-cifar-sample": self = .sampling(name, .ddpmCIFAR10, batch: 8)
    case "gpt-cpu": self = .training(name, Self.gptCPU, batch: 12)
    case "gpt-baby": self = .training(name, Self.gptBaby, batch: 64)
    case "gpt-cpu-generate": self = .writing(name, Self.gptCPU)
    case "gpt-baby-generate": self = .writing(name, Self.gptBaby)
    case "lstm": self = .charRNN(name)
    default: return nil
    }
  }

  private static var gptCPU: TransformerConfiguration {
    gpt(layers: 4, heads: 4, width: 128, context: 64)
  }

  private static var gptBaby: TransformerConfiguration {
    gpt(layers: 6, heads: 6, width: 384, context: 256)
  }

  /// A benchmark whose `prepare` makes the model and returns its size and its step.
  init(
    _ name: String, itemName: String, items: Int,
    prepare: @escaping () -> (parameters: Int, step: (Int) -> Void)
  ) {
    self.name = name
    self.itemName = itemName
    self.items = items
    self.prepare = prepare
  }

  /// The step of PyTorch's DCGAN example: a batch of 64, both networks, Adam.
  private static func training(
    _ name: String, _ configuration: DCGANConfiguration
  ) -> ModelBenchmark {
    let batch = 64
    return ModelBenchmark(name, itemName: "images", items: batch) {
      let gan = DCGAN(configuration)
      let noise = RandomStream(seed: 0, purpose: .noise)
      let size = configuration.size
      let shape = [batch, size, size, configuration.imageChannels]
      let real = Values(shape) {
        RandomStream(seed: 0, purpose: .augmentation).fillUniforms($0, shape: shape, from: -1)
      }
      return (
        gan.parameterCount,
        { step in
          let latents = noise.normals([batch, 1, 1, configuration.latentSize], step: step)
          // Random images make no step fail.
          _ = try? gan.step(real: real, latents: latents, mode: .training(seed: 0, step: step))
        }
      )
    }
  }

  /// A measurement.
  public struct Result: Encodable, Sendable {
    /// The benchmark's name.
    public let model: String
    /// The number format.
    public let precision: String
    /// How many threads took part.
    public let threads: Int
    /// The median length of a step in seconds.
    public let stepS: Double
    /// Items a second at that length.
    public let itemsPerS: Double
    /// How many parameters there are.
    public let params: Int
    /// The most memory that the process has had, in MiB.
    public let peakMiB: Int
    /// What it had just before the model was made, in MiB.
    public let idleMiB: Int

    private enum CodingKeys: String, CodingKey {
      case model, precision, threads
      case stepS = "step_s"
      case itemsPerS = "items_per_s"
      case params
      case peakMiB = "peak_mib"
      case idleMiB = "idle_mib"
    }
  }

  /// Times `steps` steps, after two that warm up, with products rounded to `precision`.
  public func run(steps: Int, precision: Precision = .float32) -> Result {
    let idle = residentMemory()
    let (parameters, step) = prepare(in: precision)
    for index in 0..<Self.warmupSteps { step(index) }
    let clock = ContinuousClock()
    let times = (0..<steps).map { index in clock.measure { step(Self.warmupSteps + index) } }
      .sorted()
    let median = times[times.count / 2] / .seconds(1)
    return Result(
      model: name, precision: precision.rawValue, threads: ThreadPool.shared.count, stepS: median,
      itemsPerS: Double(items) / median, params: parameters, peakMiB: peakMemory() >> 20,
      idleMiB: idle >> 20)
  }

  /// The model's size, and its step with products rounded to `precision`.
  func prepare(in precision: Precision) -> (parameters: Int, step: (Int) -> Void) {
    let (parameters, step) = prepare()
    return (
      parameters, { index in Precision.$current.withValue(precision) { step(index) } }
    )
  }

  /// The steps before those that count.
  static let warmupSteps = 2
}
