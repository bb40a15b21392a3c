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
