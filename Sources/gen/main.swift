@testable import Compute

for threads in [1, 2] {
  ThreadPool.shared.count = threads
  for b in KernelBenchmark.all
  where CommandLine.arguments.count < 2 || b.name.contains(CommandLine.arguments[1]) {
    let r = b.run(rounds: 5)
    print(
      threads, r.kernel, r.shape, Int(r.gflops), Int(r.peakGflops),
      (r.fraction * 1000).rounded() / 1000)
  }
}
