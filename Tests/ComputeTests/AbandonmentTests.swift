import Testing

@testable import Compute

@Suite struct AbandonmentTests {
  /// How many tasks of a region are run.
  private func tasksRun() -> Int {
    let ran = Locked(0)
    ThreadPool.shared.run(8) { _, _ in ran.withLock { $0 += 1 } }
    return ran.withLock { $0 }
  }

  @Test func regionsAreLeftOutOnceTheEndIsAskedFor() {
    var isAsked = false
    var ran: [Int] = []
    let result: Int? = Abandonment.permitted(when: { isAsked }) {
      ran.append(tasksRun())
      isAsked = true
      ran.append(tasksRun())
      #expect(Abandonment.isGivenUp && !Abandonment.commit())
      return 1
    }
    #expect(result == nil && ran == [8, 0])
    #expect(tasksRun() == 8 && !Abandonment.isGivenUp && Abandonment.commit())
  }

  @Test func whatIsCommittedIsDone() {
    var isAsked = false
    let result = Abandonment.permitted(when: { isAsked }) {
      #expect(Abandonment.commit())
      isAsked = true
      return tasksRun()
    }
    #expect(result == 8)
  }

  private struct Failure: Error {}

  @Test func errorsOfWhatIsGivenUpMeanNothing() {
    #expect(throws: Failure.self) {
      try Abandonment.permitted(when: { false }) { throw Failure() }
    }
    var isAsked = false
    let result: Void? = try? Abandonment.permitted(when: { isAsked }) {
      isAsked = true
      _ = tasksRun()
      throw Failure()
    }.flatMap { $0 }
    #expect(result == nil)
  }

  /// A region of another thread has nothing to do with it.
  @Test func otherThreadsGoOn() {
    let ran = Locked(-1)
    let done = Lock()
    _ = Abandonment.permitted(when: { true }) {
      _ = startThread { [self] in
        let count = tasksRun()
        done.locked {
          ran.withLock { $0 = count }
          done.wakeAll()
        }
      }
      done.locked { while ran.withLock({ $0 }) < 0 { done.wait() } }
    }
    #expect(ran.withLock { $0 } == 8)
  }
}
