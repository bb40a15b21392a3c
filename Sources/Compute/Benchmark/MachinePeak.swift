/// What this machine can do at most, with the pool's threads.
public struct MachinePeak: Sendable {
  /// Billions of multiplications and additions a second, in registers.
  public let gflops: Double
  /// Billions of bytes a second between memory and the processor.
  public let memoryGBps: Double

  /// Measures both: the best of several rounds.
  ///
  /// Memory is measured by z = a x + b y, the triad of McCalpin's STREAM (1995), of arrays that no cache
  /// holds; what a processor reads of z before it writes it is not counted.
  public static func measured() -> MachinePeak {
    let count = 16 << 20
    let arrays = (0..<3).map { _ in Storage(count: count) }
    for array in arrays { Elementwise.fill(array.base, count: count, with: 1) }
    let clock = ContinuousClock()
    let shortest =
      (0..<7).map { _ in
        clock.measure {
          Elementwise.scaledSum(
            1, arrays[0].base, 2, arrays[1].base, into: arrays[2].base, count: count)
        }
      }.min() ?? .zero
    let bytes = Double(arrays.count * count * MemoryLayout<Float>.size)
    return MachinePeak(
      gflops: (0..<9).map { _ in KernelBenchmark.peak() }.max() ?? 0,
      memoryGBps: bytes / (shortest / .seconds(1)) * 1e-9)
  }
}
