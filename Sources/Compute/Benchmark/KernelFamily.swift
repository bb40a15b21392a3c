/// The families of kernels: one for each protocol that `KernelSet` is made of, but for the yardsticks.
public enum KernelFamily: String, CaseIterable, Sendable {
  case matrix, winograd, attention, rotary
  case channelNorm, layerNorm, softmax, loss
  case activation, math, elementwise, reduction, resampling
  case recurrent, optimizer, random

  /// Its kernels at the shapes of the recipes and of the models that `gen bench` trains.
  public var benchmarks: [KernelBenchmark] {
    switch self {
    case .matrix: KernelBenchmark.products + KernelBenchmark.directConvolutions
    case .winograd: KernelBenchmark.winogradConvolutions
    case .attention: KernelBenchmark.attentions
    case .rotary: KernelBenchmark.rotations
    case .channelNorm: KernelBenchmark.channelNorms
    case .layerNorm: KernelBenchmark.layerNorms
    case .softmax: KernelBenchmark.softmaxes
    case .loss: KernelBenchmark.losses
    case .activation: KernelBenchmark.activations
    case .math: KernelBenchmark.functions
    case .elementwise: KernelBenchmark.elementwise
    case .reduction: KernelBenchmark.reductions
    case .resampling: KernelBenchmark.resamplings
    case .recurrent: KernelBenchmark.recurrences
    case .optimizer: KernelBenchmark.optimizers
    case .random: KernelBenchmark.randomNumbers
    }
  }
}
