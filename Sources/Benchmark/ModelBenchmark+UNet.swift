import Autograd
import Compute
import Layers
import Models
import Training

extension ModelBenchmark {
  /// A training step as PyTorch is measured with: noise of random strength, AdamW, clipped gradients.
  static func training(
    _ name: String, _ configuration: UNetConfiguration, batch: Int
  ) -> ModelBenchmark {
    ModelBenchmark(name, itemName: "images", items: batch) {
      let unet = UNet(configuration)
      unet.initialize(seed: 0)
      var options = OptimizerOptions(learningRate: 2e-4)
      options.weightDecay = 0.01
      options.maxGradientNorm = 1
      let optimizer = Optimizer(ParameterSlab.of(unet), options)
      let schedule = NoiseSchedule()
      let random = RandomStream(seed: 0, purpose: .noise)
      let times = RandomStream(seed: 0, purpose: .timestep)
      let shape = images(configuration, batch)
      let real = Values(shape) {
        RandomStream(seed: 0, purpose: .augmentation).fillUniforms($0, shape: shape, from: -1)
      }
      return (
        unet.parameterCount,
        { step in
          let timesteps = times.integers(below: schedule.steps, count: batch, step: step)
          let noiseLevels = timesteps.map { schedule.noiseLevel(at: Int($0)) }
          let noise = random.normals(shape, step: step)
          let noisy = Values(shape) {
            Elementwise.scaledSum(
              rows: noiseLevels.map { Float($0.signal) }, real.pointer,
              noiseLevels.map { Float($0.noise) }, noise.pointer, into: $0,
              columns: real.count / batch)
          }
          _ = valueAndGradients(of: optimizer.slab) {
            let told = unet(Tensor(constant: noisy), timesteps: timesteps.map { Float($0) })
            return meanSquaredError(told, Tensor(constant: noise))
          }
          optimizer.step()
        }
      )
    }
  }

  /// One pass, as a sampler makes it at each of its steps.
  static func sampling(
    _ name: String, _ configuration: UNetConfiguration, batch: Int
  ) -> ModelBenchmark {
    ModelBenchmark(name, itemName: "images", items: batch) {
      let unet = UNet(configuration)
      unet.initialize(seed: 0)
      let noise = RandomStream(seed: 0, purpose: .noise).normals(images(configuration, batch))
      let timesteps = Array(repeating: Float(500), count: batch)
      return (
        unet.parameterCount, { _ in _ = unet(Tensor(constant: noise), timesteps: timesteps) }
      )
    }
  }

  private static func images(_ configuration: UNetConfiguration, _ batch: Int) -> [Int] {
    [batch, configuration.sampleSize, configuration.sampleSize, configuration.inChannels]
  }
}
