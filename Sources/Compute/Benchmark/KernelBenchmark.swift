import KernelInterface

/// One kernel at one shape, to be timed beside what the machine reaches.
public struct KernelBenchmark: Sendable {
  /// The kernel's name.
  public let name: String
  /// Its sizes, for people.
  public let shape: String
  /// How it goes through memory, by and large.
  let access: StreamAccess
  /// Makes the operands, and returns what is timed.
  let prepare: @Sendable () -> () -> Void

  /// A benchmark whose `prepare` makes the operands and returns what is timed.
  init(
    _ name: String, _ shape: String, _ access: StreamAccess = .copy,
    prepare: @escaping @Sendable () -> () -> Void
  ) {
    (self.name, self.shape, self.access, self.prepare) = (name, shape, access, prepare)
  }

  /// The benchmarks of all families of kernels, at the shapes of the recipes' and benchmarks' models.
  public static let all = KernelFamily.allCases.flatMap(\.benchmarks)

  /// Times the kernel, multiply-adds in registers and a stream over as many bytes in turn, `rounds`
  /// times, on the pool's threads. The kernel's work is what it counts itself.
  public func run(rounds: Int = 9) -> Result {
    let call = prepare()
    let before = Work.total
    call()
    let work = Work.total - before
    let stream = StreamYardstick(access, bytes: work.bytes)
    let multiplyAdds = MultiplyAddYardstick()
    // As long as the yardsticks, so that other programs disturb them alike.
    let repeats = repeats(lasting: 0.004, call)
    return Result(
      self, work, threads: ThreadPool.shared.count,
      (0..<rounds).map { _ in
        Round(
          peakGflops: multiplyAdds.rate(), peakGBps: stream.rate(),
          seconds: seconds(repeats, call) / Double(repeats))
      })
  }
}

/// The families of kernels: one for each protocol that `KernelSet` is made of, but for the yardsticks.
public enum KernelFamily: String, CaseIterable, Sendable {
  case matrix, lowPrecision, winograd, rounded, attention, rotary
  case channelNorm, layerNorm, softmax, loss
  case activation, math, elementwise, reduction, resampling
  case recurrent, optimizer, random

  /// Its kernels at the shapes of the recipes and of the models that `gen bench` trains.
  public var benchmarks: [KernelBenchmark] {
    switch self {
    case .matrix: KernelBenchmark.products + KernelBenchmark.directConvolutions
    case .lowPrecision: KernelBenchmark.lowPrecisionProducts
    case .winograd: KernelBenchmark.winogradConvolutions
    case .rounded: KernelBenchmark.roundedProducts + KernelBenchmark.roundedConvolutions
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

extension Precision {
  /// What the name of a kernel ends with.
  var suffix: String { self == .float32 ? "" : "-" + rawValue }
}

extension KernelBenchmark {
  /// Numbers between -1 and 1.
  static func numbers(_ count: Int) -> Storage {
    let numbers = Storage(count: count)
    RandomStream(seed: 0, purpose: .evaluation).fillUniforms(
      numbers.base, shape: [count], from: -1)
    return numbers
  }

  /// Classes, or tokens.
  static func tokens(_ count: Int, of vocabulary: Int) -> [Int32] {
    RandomStream(seed: 0, purpose: .evaluation).integers(below: vocabulary, count: count)
  }

  /// The shape of images, for people.
  static func images(_ batch: Int, _ side: Int, _ channels: Int) -> String {
    "\(batch)x\(side)x\(side)x\(channels)"
  }
}
