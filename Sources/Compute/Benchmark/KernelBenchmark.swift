import KernelInterface

/// One kernel at one shape, to be timed beside the processor's peak.
public struct KernelBenchmark: Sendable {
  /// The kernel's name.
  public let name: String
  /// Its sizes, for people.
  public let shape: String
  /// Multiplications and additions of one call.
  public let operations: Double
  /// Makes the operands, and returns what is timed.
  let prepare: @Sendable () -> () -> Void

  /// A measurement: the medians of its rounds.
  public struct Result: Encodable, Sendable {
    /// The kernel's name.
    public let kernel: String
    /// Its sizes.
    public let shape: String
    /// How many threads took part.
    public let threads: Int
    /// Billions of multiplications and additions a second.
    public let gflops: Double
    /// What these threads reach in registers alone, measured in turn with the kernel.
    public let peakGflops: Double
    /// The first over the second, round by round.
    public let fraction: Double

    private enum CodingKeys: String, CodingKey {
      case kernel, shape, threads, gflops
      case peakGflops = "peak_gflops"
      case fraction
    }
  }

  /// Times the kernel and the peak in turn, `rounds` times, on the pool's threads.
  public func run(rounds: Int = 9) -> Result {
    let call = prepare()
    call()
    var repeats = 1
    while time(repeats, call) < 0.01 && repeats < 1 << 20 { repeats *= 2 }
    var rates: [Double] = []
    var peaks: [Double] = []
    for _ in 0..<rounds {
      peaks.append(Self.peak())
      rates.append(operations * Double(repeats) / time(repeats, call) * 1e-9)
    }
    return Result(
      kernel: name, shape: shape, threads: ThreadPool.shared.count, gflops: median(rates),
      peakGflops: median(peaks), fraction: median(zip(rates, peaks).map { $0 / $1 }))
  }

  /// The best rate of fused multiply-adds in registers, over several numbers of accumulators.
  static func peak() -> Double {
    let kernels = InstructionSet.current.kernels
    let threads = ThreadPool.shared.count
    let iterations = 20_000
    return [4, 5, 6, 8, 12, 16, 24].map { accumulators in
      let seconds = time(1) {
        ThreadPool.shared.run(threads) { _, _ in
          _ = kernels.multiplyAdds(accumulators: accumulators, iterations: iterations)
        }
      }
      return Double(threads * accumulators * iterations * 32) / seconds * 1e-9
    }.max() ?? 0
  }
}

/// Seconds that so many calls take.
private func time(_ repeats: Int, _ call: () -> Void) -> Double {
  let clock = ContinuousClock()
  let duration = clock.measure { for _ in 0..<repeats { call() } }
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// The middle value; of an even number the upper one.
private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
