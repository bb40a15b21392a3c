import Foundation

/// What a test waited for has not come.
package struct Hung: Error, CustomStringConvertible {
  package let description: String
}

/// After so many seconds what a test waits for counts as hung.
///
/// The wait alone is counted. A time limit of the testing library counts from where all tests are started,
/// and so the time of those that run first, too.
private let longestWait: Double =
  ProcessInfo.processInfo.environment["GEN_SANITIZER"] == nil ? 300 : 1800

/// Waits until something is so, looking every so many microseconds.
/// - Throws: `Hung`, which names what has been waited for.
package func wait(
  for what: String, every pause: UInt32 = 2000, until isSo: () throws -> Bool
) throws {
  let start = ContinuousClock.now
  while try !isSo() {
    guard start.duration(to: .now) < .seconds(longestWait) else {
      throw Hung(description: "\(what): not within \(Int(longestWait)) seconds")
    }
    usleep(pause)
  }
}

/// Does what might hang on a thread of its own, which is given up where it does.
/// - Throws: `Hung`, or what the work throws.
package func unhung<Value>(_ what: String, _ work: @escaping () throws -> Value) throws -> Value {
  nonisolated(unsafe) let work = work
  nonisolated(unsafe) var result: Result<Value, any Error>?
  let isDone = DispatchSemaphore(value: 0)
  Thread.detachNewThread {
    result = Result(catching: work)
    isDone.signal()
  }
  guard isDone.wait(timeout: .now() + longestWait) == .success, let result else {
    throw Hung(description: "\(what): not within \(Int(longestWait)) seconds")
  }
  return try result.get()
}
