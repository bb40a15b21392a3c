/// Loops that measure the processor, as yardsticks for the other kernels.
public protocol BenchmarkKernels {
  /// The accumulator counts that `multiplyAdds` can run.
  static var accumulatorCounts: [Int] { get }

  /// `iterations` rounds of one fused multiply-add to each of `accumulators` vectors of 16 floats in
  /// registers; the result is there so that the loop is not optimized away.
  static func multiplyAdds(accumulators: Int, iterations: Int) -> Float
}
