/// Long sums with few results: they are cut into parts, which are added in order, so that there are
/// tasks for all threads.
///
/// The cut depends on the sizes alone, never on the number of threads or the instruction set.
struct PartialSums {
  /// The slices of the sums that belong to each part.
  let parts: Blocks
  private let sums: UnsafeMutablePointer<Float>
  private let count: Int
  private let others: Storage

  /// Sums `sums[0..<count]` of so many slices, of which each part is made by so many tasks.
  init(of sums: UnsafeMutablePointer<Float>, count: Int, slices: Int, tasks: Int) {
    (self.sums, self.count) = (sums, count)
    let wanted = max(1, (8 + tasks - 1) / tasks)
    parts = Blocks(slices, target: max(1, (slices + wanted - 1) / wanted))
    others = Storage(count: (parts.count - 1) * count)
  }

  /// Where a part's sums go: those of the first one to their place.
  func target(_ part: Int) -> UnsafeMutablePointer<Float> {
    part == 0 ? sums : others.base + (part - 1) * count
  }

  /// Adds the other parts to the first one.
  func add() {
    guard parts.count > 1 else { return }
    let blocks = Blocks(count, target: 4096)
    ThreadPool.shared.run(blocks.count) { block, _ in
      for part in 1..<parts.count {
        let from = target(part)
        for i in blocks.range(block) { sums[i] += from[i] }
      }
    }
  }
}
