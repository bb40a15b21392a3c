import KernelInterface

/// How fast the pool's threads go through memory with nothing else to do: the yardstick of a kernel
/// whose operands are as large.
///
/// Tasks are as long as those of elementwise kernels, so that data wanders between the cores' caches
/// as theirs does.
struct StreamYardstick {
  private let access: StreamAccess
  private let count: Int
  private let arrays: [Storage]
  private let repeats: Int

  /// A stream that reads and writes `bytes` bytes, but for rounding.
  init(_ access: StreamAccess, bytes: Int) {
    let count = max(64, (bytes / (4 * access.floats) + 63) & ~63)
    let arrays = (0..<access.arrays).map { _ in Storage(count: count) }
    for array in arrays { Elementwise.fill(array.base, count: count, with: 1) }
    (self.access, self.count, self.arrays) = (access, count, arrays)
    repeats = Compute.repeats(lasting: 0.004) { Self.run(access, count, arrays) }
  }

  /// Billions of bytes a second, read and written, of one measurement.
  func rate() -> Double {
    let time = seconds(repeats) { Self.run(access, count, arrays) }
    return Double(4 * access.floats * count * repeats) / time * 1e-9
  }

  private static func run(_ access: StreamAccess, _ count: Int, _ arrays: [Storage]) {
    let (kernels, pool) = (InstructionSet.current.kernels, ThreadPool.shared)
    let (x, y, z) = (
      arrays[0].base, arrays[min(1, arrays.count - 1)].base, arrays[arrays.count - 1].base
    )
    let target = min(Elementwise.elementsPerTask, count / pool.count)
    let blocks = Blocks(count, target: max(64, target), multiple: 64)
    pool.run(blocks.count) { task, _ in
      let (start, length) = (blocks.range(task).lowerBound, blocks.range(task).count)
      _ = kernels.stream(access, x + start, y + start, z + start, count: length)
    }
  }
}
