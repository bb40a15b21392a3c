import KernelInterface

/// How fast the pool's threads multiply and add with nothing else to do: the yardstick of a kernel
/// whose operands take less time than its arithmetic.
struct MultiplyAddYardstick {
  private let accumulators: Int
  private let repeats: Int

  /// Takes the number of accumulators that is the fastest here.
  init() {
    let rates = [4, 5, 6, 8, 12, 16, 24].map { ($0, Self.rate($0, repeats: 1)) }
    let accumulators = rates.max { $0.1 < $1.1 }?.0 ?? 8
    self.accumulators = accumulators
    repeats = Compute.repeats(lasting: 0.004) { Self.run(accumulators) }
  }

  /// Billions of multiplications and additions a second, of one measurement.
  func rate() -> Double { Self.rate(accumulators, repeats: repeats) }

  private static func rate(_ accumulators: Int, repeats: Int) -> Double {
    let operations = Double(repeats * tasks * accumulators * iterations * 32)
    return operations / seconds(repeats) { run(accumulators) } * 1e-9
  }

  private static func run(_ accumulators: Int) {
    let kernels = InstructionSet.current.kernels
    ThreadPool.shared.run(tasks) { _, _ in
      _ = kernels.multiplyAdds(accumulators: accumulators, iterations: iterations)
    }
  }

  /// Some to each thread, as in the kernels, so that one that is held up does not hold up all.
  private static var tasks: Int { 8 * ThreadPool.shared.count }
  private static let iterations = 5000
}
