import KernelInterface

/// What this machine reaches with the pool's threads: how fast it multiplies, and how fast it streams
/// from each level of its memory.
public struct MachinePeak: Sendable {
  /// Billions of multiplications and additions a second, in registers alone.
  public let gflops: Double
  /// Billions of bytes a second that are read and written in memory, 1:1, in arrays of several times
  /// the last cache.
  public let memoryGBps: Double
  /// The same within each cache, for data that fill half of it.
  public let caches: [(level: MemoryLevel, gbps: Double)]

  /// Measures all of them: the medians of five measurements, in half a second or so.
  public static func measured() -> MachinePeak {
    func middle(_ rate: () -> Double) -> Double { median((0..<5).map { _ in rate() }) }
    let threads = ThreadPool.shared.count
    let caches = MemoryLevel.caches
    // Where the system tells of no caches, as much as the largest of today's have.
    let largest = caches.map(\.bytes).max() ?? 256 << 20
    return MachinePeak(
      gflops: middle(MultiplyAddYardstick().rate),
      memoryGBps: middle(StreamYardstick(.copy, bytes: 4 * largest).rate),
      caches: caches.map { cache in
        let bytes = cache.capacity(threads: threads) / 2
        return (cache.level, middle(StreamYardstick(.copy, bytes: bytes).rate))
      })
  }
}
