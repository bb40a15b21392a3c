import Autograd
import Compute
import Layers
import Training

/// A denoising UNet in training.
public final class Diffusion {
  /// What the denoiser learns.
  public let objective: DiffusionObjective
  /// The denoiser with its optimizer, and its moving average, which is what is sampled from.
  public let learner: Learner<UNet>

  /// A denoiser initialized from `seed`, to be trained for `steps`.
  public init(
    _ configuration: UNetConfiguration, objective: DiffusionObjective, optimizer: OptimizerOptions,
    emaDecay: Double, steps: Int = .max, seed: UInt64 = 0
  ) {
    self.objective = objective
    learner = Learner(optimizer, emaDecay: emaDecay, steps: steps, seed: seed) {
      UNet(configuration)
    }
  }

  /// One training step on the parts of a batch, one after the other; the gradient is that of their
  /// mean.
  /// - Throws: `NumericalFault`.
  public func step(
    _ parts: [DiffusionObjective.Batch], mode: Mode
  ) throws -> Learner<UNet>.Report {
    try learner.step(parts: parts.count, mode: mode) { part in
      objective.loss(Self.predict(learner.model, parts[part]), parts[part])
    }
  }

  /// The sum over images of their mean squared error, unweighted, of what the average tells.
  public func squaredError(_ batch: DiffusionObjective.Batch) -> Double {
    let prediction = Self.predict(learner.average.model, batch).values
    return Double(batch.timesteps.count)
      * Reductions.meanSquaredError(
        prediction.pointer, batch.target.pointer, count: prediction.count)
  }

  private static func predict(_ unet: UNet, _ batch: DiffusionObjective.Batch) -> Tensor {
    unet(
      Tensor(constant: batch.noisy), timesteps: batch.timesteps, classes: batch.classes,
      augmentation: batch.augmentation)
  }
}
