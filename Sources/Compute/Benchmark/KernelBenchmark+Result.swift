extension KernelBenchmark {
  /// What is measured in one round.
  struct Round {
    let peakGflops: Double
    let peakGBps: Double
    /// One call of the kernel.
    let seconds: Double
  }

  /// A measurement: the medians of its rounds.
  public struct Result: Encodable, Sendable {
    /// The kernel's name.
    public let kernel: String
    /// Its sizes.
    public let shape: String
    /// How many threads took part.
    public let threads: Int
    /// Multiplications and additions of a call.
    public let operations: Int
    /// Bytes that a call reads and writes at least.
    public let bytes: Int
    /// Billions of multiplications and additions a second.
    public let gflops: Double
    /// Billions of bytes a second.
    public let gbps: Double
    /// What these threads reach in registers alone, measured in turn with the kernel.
    public let peakGflops: Double
    /// What these threads reach in a loop that streams as many bytes, measured in turn with the kernel.
    public let peakGBps: Double
    /// What would take longer at those peaks: "compute", or the level of memory that holds the operands.
    public let bound: String
    /// The peak of that: billions of operations, or of bytes, a second.
    public let peak: Double
    /// The kernel's rate over that peak, round by round.
    public let fraction: Double

    /// What the rounds say of a kernel that does so much work.
    init(_ benchmark: KernelBenchmark, _ work: Work, threads: Int, _ rounds: [Round]) {
      precondition(
        work.bytes > 0 && !rounds.isEmpty, "\(benchmark.name) \(benchmark.shape) counts no work")
      (kernel, shape, self.threads) = (benchmark.name, benchmark.shape, threads)
      (operations, bytes) = (work.operations, work.bytes)
      let (giga, gigabytes) = (Double(work.operations) * 1e-9, Double(work.bytes) * 1e-9)
      gflops = median(rounds.map { giga / $0.seconds })
      gbps = median(rounds.map { gigabytes / $0.seconds })
      peakGflops = median(rounds.map(\.peakGflops))
      peakGBps = median(rounds.map(\.peakGBps))
      let isComputed = giga / peakGflops > gigabytes / peakGBps
      bound =
        isComputed ? "compute" : MemoryLevel(holding: work.bytes, threads: threads).rawValue
      peak = isComputed ? peakGflops : peakGBps
      fraction = median(
        rounds.map { round in
          let atPeak = isComputed ? giga / round.peakGflops : gigabytes / round.peakGBps
          return atPeak / round.seconds
        })
    }

    private enum CodingKeys: String, CodingKey {
      case kernel, shape, threads, operations, bytes, gflops, gbps
      case peakGflops = "peak_gflops"
      case peakGBps = "peak_gbps"
      case bound, peak, fraction
    }
  }
}
