import Synchronization
import TestSupport
import Testing

@testable import Compute

@Suite struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
  func everyTaskRunsOnce(threads: Int, tasks: Int) {
    let pool = ThreadPool(count: threads)
    for _ in 0..<20 {
      let runs = (0..<tasks).map { _ in Counter() }
      let workers = Counter()
      pool.run(tasks) { task, worker in
        runs[task].add(1)
        workers.add(worker < threads ? 0 : 1)
      }
      #expect(runs.allSatisfy { $0.value == 1 } && workers.value == 0)
    }
  }

  /// Helpers are often late for these: what they claim must be of the region that is open.
  @Test func aTaskBelongsToItsRegion() {
    let pool = ThreadPool(count: 3)
    let errors = Counter()
    for region in 0..<50_000 {
      let tasks = 1 + region % 5
      let runs = Counter()
      pool.run(tasks) { task, _ in
        if task >= tasks { errors.add(1) }
        runs.add(1)
      }
      if runs.value != tasks { errors.add(1) }
    }
    #expect(errors.value == 0)
  }

  @Test func callersOnSeveralThreadsTakeTurns() async {
    let pool = ThreadPool(count: 2)
    let inside = Counter()
    let sum = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<50 {
            pool.run(4) { task, _ in
              inside.add(1)
              // Two regions of two threads each would be four at a time.
              precondition(inside.value <= 2)
              sum.add(task)
              inside.add(-1)
            }
          }
        }
      }
    }
    #expect(sum.value == 8 * 50 * 6)
  }

  @Test func theNumberOfThreadsMayChange() {
    let pool = ThreadPool(count: 1)
    for threads in [3, 1, 2, 5, 2] {
      pool.count = threads
      let sum = Counter()
      pool.run(100) { task, worker in
        precondition(worker < threads)
        sum.add(task)
      }
      #expect(sum.value == 4950)
    }
  }

  @Test func scratchMemoryBelongsToAWorker() {
    let pool = ThreadPool(count: 3)
    let errors = Counter()
    for bytes in [64, 100_000, 10] {
      pool.run(60) { task, worker in
        let memory = pool.scratch(worker, bytes: bytes).assumingMemoryBound(to: UInt8.self)
        if UInt(bitPattern: memory) % 64 != 0 { errors.add(1) }
        let mark = UInt8(task + 1)
        memory.update(repeating: mark, count: bytes)
        for i in 0..<bytes where memory[i] != mark { errors.add(1) }
      }
    }
    #expect(errors.value == 0)
  }

  /// As where few threads are allowed: those that there are do everything, and no more are asked for.
  @Test(arguments: [0, 1, 2]) func fewerThreadsThanAskedForDoTheWork(allowed: Int) {
    let asked = Counter()
    let pool = ThreadPool(count: 5) { body in
      asked.add(1)
      return asked.value <= allowed && startThread(body)
    }
    for _ in 0..<20 {
      let runs = (0..<100).map { _ in Counter() }
      let workers = Counter()
      pool.run(100) { task, worker in
        runs[task].add(1)
        workers.add(worker <= allowed ? 0 : 1)
      }
      #expect(runs.allSatisfy { $0.value == 1 } && workers.value == 0)
    }
    #expect(pool.count == allowed + 1 && asked.value == allowed + 1)
  }

  @Test func aRegionInsideARegionIsAnError() async {
    let failure = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      ThreadPool.shared.run(2) { _, _ in ThreadPool.shared.run(2) { _, _ in } }
    }
    #expect(
      failure?.standardErrorContent.says("a parallel region inside a parallel region") == true)
  }

  private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func add(_ amount: Int) { count.wrappingAdd(amount, ordering: .sequentiallyConsistent) }
  }
}
