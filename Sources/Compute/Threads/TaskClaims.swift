/// A region's tasks in one word, so that to claim one is a single atomic step that cannot confuse two
/// regions.
struct TaskClaims {
  /// How many threads the region takes.
  let threads: Int
  let tasks: Int
  /// The first task that nobody has claimed.
  let next: Int

  private static let bits: UInt64 = 26
  private static let mask: UInt64 = 1 << bits - 1

  init(threads: Int, tasks: Int, next: Int) {
    precondition(tasks <= Self.mask, "a parallel region of \(tasks) tasks")
    (self.threads, self.tasks, self.next) = (threads, tasks, next)
  }

  init(word: UInt64) {
    threads = Int(word >> (2 * Self.bits))
    tasks = Int(word >> Self.bits & Self.mask)
    next = Int(word & Self.mask)
  }

  var word: UInt64 {
    UInt64(threads) << (2 * Self.bits) | UInt64(tasks) << Self.bits | UInt64(next)
  }

  /// With one task more claimed.
  var further: TaskClaims { TaskClaims(threads: threads, tasks: tasks, next: next + 1) }

  /// Whether `worker` may claim a task.
  func takes(_ worker: Int) -> Bool { next < tasks && worker < threads }
}
