/// Loops that measure the processor, as yardsticks for the other kernels.
public protocol BenchmarkKernels {
  /// `iterations` rounds of one fused multiply-add to each of `accumulators` vectors of 16 floats in
  /// registers; accumulators are 4, 5, 6, 8, 12, 16 or 24, of which the best is the peak. The result is there so that the loop is not optimized away.
  static func multiplyAdds(accumulators: Int, iterations: Int) -> Float
}
