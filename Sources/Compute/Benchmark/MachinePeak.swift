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

/// Seconds that so many calls take.
func seconds(_ repeats: Int, _ call: () -> Void) -> Double {
  ContinuousClock().measure { for _ in 0..<repeats { call() } } / .seconds(1)
}

/// How many calls take so many seconds at least: a power of two.
func repeats(lasting duration: Double, _ call: () -> Void) -> Int {
  var repeats = 1
  while seconds(repeats, call) < duration && repeats < 1 << 20 { repeats *= 2 }
  return repeats
}

/// The middle value; of an even number the upper one.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
