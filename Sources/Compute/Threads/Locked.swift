/// A value that one thread at a time may touch.
///
/// The standard library's Mutex would do, but it waits by system calls of its own, which the thread sanitizer
/// does not see: it would take each use of the value for a race.
package final class Locked<Value>: @unchecked Sendable {
  private let lock = Lock()
  private var value: Value

  package init(_ value: Value) { self.value = value }

  /// What `body` makes of the value, which no other thread touches meanwhile.
  package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    try lock.locked { try body(&value) }
  }
}
