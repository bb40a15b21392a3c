import CLibrary
import CProcessor
import Synchronization

/// A few threads that share the tasks of a parallel region.
///
/// A region is opened by one atomic store of its `TaskClaims`, and a task is claimed by counting them
/// up. The caller claims too, can finish the region alone, and waits only for tasks that helpers have
/// claimed. Helpers spin for about 30 microseconds after a region, then park. Which thread runs a task
/// is left to chance, so a task's result may depend on its number alone, never on the thread.
///
/// A region of two threads costs some 200 nanoseconds, about what it takes to send a cache line from
/// one core to the other and back, twice: whatever helpers read lies on as few lines as possible, and
/// they write only the claims and the count of what is done.
public final class ThreadPool: @unchecked Sendable {
  /// The program's pool.
  public static let shared = ThreadPool(count: defaultCount)

  /// What the tasks of a region run. A constant of an object that outlives the region can be called
  /// without being retained, which would be two writes more to a line of the caller's.
  private final class Body {
    let run: (_ task: Int, _ worker: Int) -> Void
    init(_ run: @escaping (_ task: Int, _ worker: Int) -> Void) { self.run = run }
  }

  /// The tasks of the region.
  private let claims: UnsafeMutablePointer<Atomic<UInt64>>
  /// What they run, on the same cache line; of interest only to who has claimed one.
  private let body: UnsafeMutablePointer<Unmanaged<Body>?>
  /// How many tasks helpers have done since the pool began.
  private let done: UnsafeMutablePointer<Atomic<Int>>
  private let parked: UnsafeMutablePointer<Atomic<Int>>

  /// Held for the length of a region, so that callers on several threads take turns.
  private let region = Lock()
  private let parking = Lock()
  /// Set on threads that are in a region.
  private var inside = pthread_key_t()
  private var helpers = 0
  /// Read by whoever shares out work, while a region is open or not.
  private let threads: Atomic<Int>
  private let start: (_ body: @escaping () -> Void) -> Bool
  /// The memory of each worker, by number; a worker touches its own entry alone.
  private let scratch: UnsafeMutablePointer<UnsafeMutableRawBufferPointer?>

  /// The most threads that a pool may have.
  public static let mostThreads = 1024

  /// About 30 microseconds.
  private static let spins = 1500

  /// A pool that lives, once it has helpers, as long as the program.
  ///
  /// - Parameter start: what starts a thread, if it can.
  init(
    count: Int, starting start: @escaping (_ body: @escaping () -> Void) -> Bool = startThread
  ) {
    self.start = start
    precondition((1...Self.mostThreads).contains(count), "a thread pool of \(count) threads")
    threads = Atomic(count)
    scratch = .allocate(capacity: Self.mostThreads)
    scratch.initialize(repeating: nil, count: Self.mostThreads)
    // A pair of cache lines each, since processors fetch them by pairs.
    let lines = UnsafeMutableRawPointer.allocate(byteCount: 3 * 128, alignment: 128)
    claims = lines.initializeMemory(as: Atomic<UInt64>.self, to: Atomic(0))
    body = (lines + 16).initializeMemory(as: Unmanaged<Body>?.self, to: nil)
    done = (lines + 128).initializeMemory(as: Atomic<Int>.self, to: Atomic(0))
    parked = (lines + 256).initializeMemory(as: Atomic<Int>.self, to: Atomic(0))
    pthread_key_create(&inside, nil)
  }

  /// How many threads take part in a region, the caller included: fewer than asked for where the system
  /// has started no more.
  public var count: Int {
    get { threads.load(ordering: .relaxed) }
    set {
      precondition(
        (1...Self.mostThreads).contains(newValue), "a thread pool of \(newValue) threads")
      region.locked { threads.store(newValue, ordering: .relaxed) }
    }
  }

  /// Runs `body(task, worker)` for each task from 0 up to `tasks`, in any order, on all threads, and
  /// returns when all are done. `worker` (0 to `count` - 1) owns the scratch memory of that number. Rehearsed and
  /// abandoned work runs nothing.
  /// - Parameter always: Whether it runs then, too, as where the tasks make more than numbers, which must be there.
  public func run(
    _ tasks: Int, always: Bool = false, _ body: (_ task: Int, _ worker: Int) -> Void
  ) {
    guard tasks > 0 && (always || !MemoryPlan.isRehearsal && !Abandonment.isGivenUp) else {
      return
    }
    precondition(pthread_getspecific(inside) == nil, "a parallel region inside a parallel region")
    region.locked {
      processor_flush_denormals()
      pthread_setspecific(inside, Unmanaged.passUnretained(self).toOpaque())
      if count == 1 || tasks == 1 {
        for task in 0..<tasks { body(task, 0) }
      } else {
        withoutActuallyEscaping(body) { share(tasks, Body($0)) }
      }
      pthread_setspecific(inside, nil)
    }
  }

  /// At least `bytes` of memory, 64-byte aligned and with any content, that belongs to `worker` until
  /// its task ends. A second call within the task may return the same memory.
  func scratch(_ worker: Int, bytes: Int) -> UnsafeMutableRawPointer {
    if let block = scratch[worker], block.count >= bytes, let base = block.baseAddress {
      return base
    }
    if let old = scratch[worker] { memory_block_free(old.baseAddress, old.count) }
    let size = (bytes + 4095) & ~4095
    guard let base = memory_block(size) else { memory_exhausted(size) }
    scratch[worker] = UnsafeMutableRawBufferPointer(start: base, count: size)
    return base
  }

  private func share(_ tasks: Int, _ body: Body) {
    while helpers < count - 1 {
      guard startHelper() else {
        // Where no more threads are allowed, those that there are do the work: the same results, later.
        threads.store(helpers + 1, ordering: .relaxed)
        break
      }
    }
    let doneBefore = done.pointee.load(ordering: .relaxed)
    self.body.pointee = Unmanaged.passUnretained(body)
    // The first task is the caller's.
    let open = TaskClaims(threads: count, tasks: tasks, next: 1)
    claims.pointee.store(open.word, ordering: .sequentiallyConsistent)
    if parked.pointee.load(ordering: .sequentiallyConsistent) > 0 {
      parking.locked { parking.wakeAll() }
    }
    let own = runTasks(from: 0, worker: 0)
    var spins = 0
    while done.pointee.load(ordering: .acquiring) != doneBefore + tasks - own {
      processor_pause()
      spins += 1
      if spins > 4000 { sched_yield() }
    }
  }

  /// Runs task `first`, which `worker` has claimed, and all that it can claim after that; returns how
  /// many these were.
  private func runTasks(from first: Int, worker: Int) -> Int {
    guard let body = body.pointee else { preconditionFailure("a task of no region") }
    return body._withUnsafeGuaranteedRef { body in
      var count = 0
      var next: Int? = first
      while let task = next {
        body.run(task, worker)
        count += 1
        next = claim(worker)
      }
      return count
    }
  }

  /// The next task, if one is left and the region takes that worker.
  private func claim(_ worker: Int) -> Int? {
    var word = claims.pointee.load(ordering: .relaxed)
    while true {
      let seen = TaskClaims(word: word)
      guard seen.takes(worker) else { return nil }
      // A word that is the same is as good, even if it is that of another region by now.
      let (exchanged, original) = claims.pointee.weakCompareExchange(
        expected: word, desired: seen.further.word, successOrdering: .acquiring,
        failureOrdering: .relaxed)
      if exchanged { return seen.next }
      word = original
    }
  }

  private func startHelper() -> Bool {
    let worker = helpers + 1
    guard start({ self.help(as: worker) }) else { return false }
    helpers = worker
    return true
  }

  private func help(as worker: Int) {
    processor_flush_denormals()
    while true {
      let first = waitForTask(worker)
      done.pointee.wrappingAdd(runTasks(from: first, worker: worker), ordering: .releasing)
    }
  }

  private func waitForTask(_ worker: Int) -> Int {
    while true {
      for _ in 0..<Self.spins {
        if let task = claim(worker) { return task }
        processor_pause()
      }
      parking.locked {
        // Counting first and looking second means that a caller who has opened a region either sees
        // this helper or is seen by it.
        parked.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        let word = claims.pointee.load(ordering: .sequentiallyConsistent)
        if !TaskClaims(word: word).takes(worker) { parking.wait() }
        parked.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      }
    }
  }
}

extension ThreadPool {
  /// Runs `body` on some of `rows` rows that do not depend on each other, at a time: as many as have
  /// the elements of a task.
  func forEachPiece(
    ofRows rows: Int, columns: Int, _ body: (_ firstRow: Int, _ rows: Int) -> Void
  ) {
    let blocks = Blocks(rows, target: max(1, Elementwise.elementsPerTask / max(columns, 1)))
    run(blocks.count) { task, _ in
      let range = blocks.range(task)
      body(range.lowerBound, range.count)
    }
  }
}
