import CLibrary
import Synchronization

/// Standard output, where results go: each write goes out at once, and none is lost in silence.
public enum StandardOutput {
  private static let state = Mutex(State())

  private struct State {
    /// Why something that was printed is not there.
    var failure: (any Error)?
    var isUsed = false
    var takesFile = false
  }

  /// Whether a file's bytes go there, so that nothing else may.
  public static var takesFile: Bool { state.withLock { $0.takesFile } }

  /// Keeps it for the bytes of a file.
  static func reserve() { state.withLock { $0.takesFile = true } }

  /// Writes all of `bytes`.
  /// - Throws: `FileError`; `ClosedPipe` when nobody reads any more.
  public static func write(_ bytes: [UInt8]) throws {
    state.withLock { $0.isUsed = true }
    try writeAll(bytes, to: STDOUT_FILENO, named: StandardStreams.name(of: STDOUT_FILENO))
  }

  /// Writes `text` as UTF-8.
  /// - Throws: `FileError`; `ClosedPipe` when nobody reads any more.
  public static func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Writes `text` as UTF-8; a failure is kept for ``finish()``, and nothing is written after it.
  public static func print(_ text: String) {
    guard state.withLock({ $0.failure == nil }) else { return }
    do { try write(text) } catch { state.withLock { $0.failure = error } }
  }

  /// Makes sure that all that was printed so far has been taken.
  /// - Throws: `FileError`; `ClosedPipe` when nobody reads any more.
  public static func check() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// The same at the end, when a file system may still refuse what it has taken before.
  /// - Throws: `FileError`; `ClosedPipe` when nobody reads any more.
  public static func finish() throws {
    try check()
    guard state.withLock({ $0.isUsed }) else { return }
    try checkClosing(STDOUT_FILENO, named: StandardStreams.name(of: STDOUT_FILENO))
  }
}

/// Nobody reads what is written: the end of a program, as by SIGPIPE, but no failure of it.
public struct ClosedPipe: Error {}

/// Writes all of `bytes` at a descriptor's own place, also to one that does not block.
/// - Throws: `FileError`; `ClosedPipe` where nobody reads it.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws {
  var rest = bytes[...]
  var interruptions = 0
  while !rest.isEmpty {
    // Linux writes at most 2 GiB a call.
    let count = rest.withUnsafeBytes {
      write(descriptor, $0.baseAddress, min($0.count, 1 << 30))
    }
    if count > 0 {
      (rest, interruptions) = (rest.dropFirst(count), 0)
    } else if count < 0 && errno == EINTR && interruptions < mostInterruptions {
      interruptions += 1
    } else if count < 0 && errno == EAGAIN {
      guard isWritable(descriptor) else {
        throw FileError(.cannotWrite, name, cannot: "wait until it can be written to")
      }
    } else {
      throw failedWrite(to: descriptor, named: name, count == 0 ? EIO : errno)
    }
  }
}

private func failedWrite(
  to descriptor: Int32, named name: String, _ code: Int32
) -> any Error {
  if code == EPIPE && !Interrupts.wasPipeIgnored { return ClosedPipe() }
  if code == EBADF && StandardStreams.wasClosed(descriptor) {
    return FileError(.cannotWrite, name, "cannot write to it: it is closed")
  }
  return FileError(.cannotWrite, name, cannot: "write to it", code: code)
}

/// Makes sure that a file that is open elsewhere too has taken what was written: over a network, or
/// with a quota, closing it tells.
/// - Throws: `FileError`.
func checkClosing(_ descriptor: Int32, named name: String) throws(FileError) {
  let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
  guard copy >= 0, close(copy) != 0, errno != EINTR else { return }
  throw FileError(.cannotWrite, name, cannot: "write to it")
}
