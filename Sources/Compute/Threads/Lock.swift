import CLibrary

/// A mutual exclusion lock with a condition to wait for.
package final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  package func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Gives the lock up until another thread wakes this one; the lock must be held.
  package func wait() { pthread_cond_wait(condition, mutex) }

  /// Wakes all waiting threads; the lock must be held.
  package func wakeAll() { pthread_cond_broadcast(condition) }
}

/// Starts a detached thread that runs `body`.
/// - Returns: Whether the system has started it; it may allow no more threads, or have no memory for one.
package func startThread(_ body: @escaping () -> Void) -> Bool {
  final class Start {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
  let start = Unmanaged.passRetained(Start(body))
  #if canImport(Glibc)
    var thread = pthread_t()
  #else
    var thread: pthread_t?
  #endif
  let status = pthread_create(
    &thread, nil,
    { argument in
      pthread_detach(pthread_self())
      // Darwin promises that there is one.
      let start = (argument as UnsafeMutableRawPointer?)!
      Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body()
      return nil
    }, start.toOpaque())
  if status != 0 { start.release() }
  return status == 0
}
