import CProcessor
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A few threads that share the tasks of a parallel region.
///
/// A region is opened by one atomic store. Threads draw task numbers from a shared counter; the
/// caller draws too, can finish the region alone, and waits only for helpers that are already inside.
/// Helpers spin for about 30 microseconds after a region, then park. Which thread runs a task is left
/// to chance, so a task's result may depend on its number alone, never on the thread.
public final class ThreadPool: @unchecked Sendable {
  /// The program's pool.
  public static let shared = ThreadPool(count: defaultCount)

  /// Bumped once for each region: what helpers wait for.
  private let generation = Atomic<Int>(0)
  /// The generation that accepts helpers, 0 when none does.
  private let open = Atomic<Int>(0)
  private let helpersInside = Atomic<Int>(0)
  private let parked = Atomic<Int>(0)
  private let nextTask = Atomic<Int>(0)
  private var taskCount = 0
  private var body: (Int, Int) -> Void = { _, _ in }

  /// Held for the length of a region, so that callers on several threads take turns.
  private let region = Lock()
  private let parking = Lock()
  /// Set on threads that are in a region.
  private var inside = pthread_key_t()
  private var helpers = 0
  private var threads: Int
  /// The memory of each worker, by number; a worker touches its own entry alone.
  private let scratch: UnsafeMutablePointer<UnsafeMutableRawBufferPointer?>

  /// The most threads that a pool may have.
  public static let mostThreads = 1024

  /// About 30 microseconds.
  private static let spins = 1500

  /// A pool that lives, once it has helpers, as long as the program.
  init(count: Int) {
    precondition((1...Self.mostThreads).contains(count), "a thread pool of \(count) threads")
    threads = count
    scratch = .allocate(capacity: Self.mostThreads)
    scratch.initialize(repeating: nil, count: Self.mostThreads)
    pthread_key_create(&inside, nil)
  }

  /// How many threads take part in a region, the caller included.
  public var count: Int {
    get { threads }
    set {
      precondition(
        (1...Self.mostThreads).contains(newValue), "a thread pool of \(newValue) threads")
      region.locked { threads = newValue }
    }
  }

  /// Runs `body(task, worker)` for each task from 0 up to `tasks`, in any order, on all threads, and
  /// returns when all are done. `worker` (0 to `count` - 1) owns the scratch memory of that number.
  public func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard tasks > 0 else { return }
    precondition(pthread_getspecific(inside) == nil, "a parallel region inside a parallel region")
    region.locked {
      processor_flush_denormals()
      if threads == 1 || tasks == 1 {
        enter { for task in 0..<tasks { body(task, 0) } }
      } else {
        withoutActuallyEscaping(body) { share(tasks, $0) }
      }
    }
  }

  /// At least `bytes` of memory, 64-byte aligned and with any content, that belongs to `worker` until
  /// its task ends. A second call within the task may return the same memory.
  func scratch(_ worker: Int, bytes: Int) -> UnsafeMutableRawPointer {
    if let block = scratch[worker], block.count >= bytes, let base = block.baseAddress {
      return base
    }
    scratch[worker]?.deallocate()
    let size = (bytes + 4095) & ~4095
    let base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
    scratch[worker] = UnsafeMutableRawBufferPointer(start: base, count: size)
    return base
  }

  private func share(_ tasks: Int, _ body: @escaping (Int, Int) -> Void) {
    while helpers < threads - 1 { startHelper() }
    self.body = body
    taskCount = tasks
    nextTask.store(0, ordering: .relaxed)
    let current = generation.load(ordering: .relaxed) + 1
    open.store(current, ordering: .sequentiallyConsistent)
    generation.store(current, ordering: .sequentiallyConsistent)
    if parked.load(ordering: .sequentiallyConsistent) > 0 { parking.locked { parking.wakeAll() } }
    drawTasks(worker: 0)
    open.store(0, ordering: .sequentiallyConsistent)
    var spins = 0
    while helpersInside.load(ordering: .sequentiallyConsistent) != 0 {
      processor_pause()
      spins += 1
      if spins > 4000 { sched_yield() }
    }
    self.body = { _, _ in }
  }

  private func drawTasks(worker: Int) {
    enter {
      while true {
        let task = nextTask.wrappingAdd(1, ordering: .relaxed).oldValue
        guard task < taskCount else { return }
        body(task, worker)
      }
    }
  }

  /// Runs `work` as a part of a region, in which no other may begin.
  private func enter(_ work: () -> Void) {
    pthread_setspecific(inside, Unmanaged.passUnretained(self).toOpaque())
    work()
    pthread_setspecific(inside, nil)
  }

  private func startHelper() {
    helpers += 1
    let worker = helpers
    let seen = generation.load(ordering: .relaxed)
    startThread { self.help(as: worker, since: seen) }
  }

  private func help(as worker: Int, since start: Int) {
    processor_flush_denormals()
    var seen = start
    while true {
      seen = waitForRegion(after: seen)
      // Entering first and asking second means that a caller which has closed the region either
      // sees this helper inside or has turned it away.
      helpersInside.wrappingAdd(1, ordering: .sequentiallyConsistent)
      if open.load(ordering: .sequentiallyConsistent) == seen && worker < threads {
        drawTasks(worker: worker)
      }
      helpersInside.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }
  }

  private func waitForRegion(after seen: Int) -> Int {
    for _ in 0..<Self.spins {
      let current = generation.load(ordering: .acquiring)
      if current != seen { return current }
      processor_pause()
    }
    return parking.locked {
      parked.wrappingAdd(1, ordering: .sequentiallyConsistent)
      defer { parked.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
      while generation.load(ordering: .sequentiallyConsistent) == seen { parking.wait() }
      return generation.load(ordering: .sequentiallyConsistent)
    }
  }
}
