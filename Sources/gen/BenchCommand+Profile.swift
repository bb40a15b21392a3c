import Benchmark
import Compute
import Files
import Reports

extension BenchCommand {
  /// Prints where the time of a model's step goes.
  func printProfile(of benchmark: ModelBenchmark, _ precision: Precision) throws {
    let profile = benchmark.profile(steps: steps, precision: precision)
    guard !json else { return print(try jsonLine(profile)) }
    print(
      """
      \(profile.model): \(fixed(profile.stepS * 1000, 1)) ms a step with \
      \(threadCount(profile.threads)), \
      the mean of \(profile.steps) after two;\nhere the processor's peak is \
      \(fixed(profile.peakGflops, 1)) GFLOP/s, and memory brings \
      \(fixed(profile.memoryGBps, 1)) GB/s\n
      """)
    // Microseconds, where a step is short.
    let digits = profile.stepS < 0.1 ? 3 : 1
    let header = [
      "op", "pass", "calls", "ms", "share", "GFLOP/s", "of peak", "GB/s", "of memory",
    ]
    print(
      lines: table(
        [header] + (profile.rows + [profile.total]).map { cells($0, digits) },
        numbers: Set(2..<header.count)))
    let rows = profile.rows
    if rows.contains(where: { $0.peakFraction > 1 }) {
      let reason =
        precision == .float32
        ? "Winograd's algorithm takes less arithmetic than is counted"
        : "it is that of float32, and another unit multiplies rounded operands"
      print("\nAbove 1 of the peak: \(reason).")
    }
    if rows.contains(where: { $0.memoryFraction > 1 }) {
      print("\nAbove 1 of memory: operands or results were still in the caches.")
    }
  }

  private func cells(_ row: ModelProfile.Row, _ digits: Int) -> [String] {
    [
      row.op ?? "total", row.pass?.rawValue ?? "", row.calls > 0 ? fixed(row.calls, 0) : "",
      fixed(row.seconds * 1000, digits), fixed(row.share * 100, 1) + "%",
      fixed(row.gflops, 1), fixed(row.peakFraction, 2), fixed(row.gbps, 1),
      fixed(row.memoryFraction, 2),
    ]
  }
}
