import CLibrary
import Synchronization

/// The three descriptors that a program is started with: standard input, output and error.
public enum StandardStreams {
  /// A bit for each of them that was closed.
  private static let closed = Atomic<UInt8>(0)

  /// Takes the numbers of those that are closed, before any file can: what is printed would go into that
  /// file. Reading from standard input and writing to the others fails as before. To be called first.
  /// - Throws: `FileError` where /dev/null cannot be opened; the program has to end then.
  public static func occupyClosed() throws(FileError) {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // The wrong way round: whoever writes to a closed standard output is to be told.
      let flags = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      guard retrying({ open("/dev/null", flags) }) == descriptor else {
        throw FileError(
          .cannotWrite, name(of: descriptor),
          cannot: "keep files from taking its place, as it is closed: opening /dev/null failed")
      }
      closed.bitwiseOr(1 << UInt8(descriptor), ordering: .relaxed)
    }
  }

  /// Whether whoever started the program had closed it.
  static func wasClosed(_ descriptor: Int32) -> Bool {
    (STDIN_FILENO...STDERR_FILENO).contains(descriptor)
      && closed.load(ordering: .relaxed) & 1 << UInt8(descriptor) != 0
  }

  /// What messages call a descriptor.
  static func name(of descriptor: Int32) -> String {
    switch descriptor {
    case STDIN_FILENO: "standard input"
    case STDOUT_FILENO: "standard output"
    case STDERR_FILENO: "standard error"
    default: "descriptor \(descriptor)"
    }
  }
}

/// Writes text to standard error, where messages and progress go. What cannot be written, as nobody
/// reads it any more, is left out.
package func writeToStandardError(_ text: String) {
  var bytes = Array(text.utf8)[...]
  var interruptions = 0
  let start = ContinuousClock.now
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if count > 0 {
      StandardErrorState.isStuck.store(false, ordering: .relaxed)
      bytes = bytes.dropFirst(count)
    } else if count < 0 && errno == EINTR && interruptions < mostInterruptions {
      interruptions += 1
    } else if count < 0 && errno == EAGAIN {
      // Whoever does not read for a second holds up one message, and not each that follows.
      let isStuck = StandardErrorState.isStuck.load(ordering: .relaxed)
      let left = isStuck ? .zero : StandardErrorState.patience - (ContinuousClock.now - start)
      guard left > .zero, isWritable(STDERR_FILENO, within: left) else {
        return StandardErrorState.isStuck.store(true, ordering: .relaxed)
      }
    } else {
      return
    }
  }
}

private enum StandardErrorState {
  /// Whether it has been waited for in vain.
  static let isStuck = Atomic<Bool>(false)
  static let patience = Duration.seconds(1)
}

/// Waits until a descriptor that does not block takes something.
/// - Parameter limit: How long at most; nil for as long as it takes.
/// - Returns: Whether it does, or its next write tells what is wrong with it.
func isWritable(_ descriptor: Int32, within limit: Duration? = nil) -> Bool {
  var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  let milliseconds = limit.map { Int32(($0 / .milliseconds(1)).rounded(.up)) } ?? -1
  let result = poll(&request, 1, milliseconds)
  return result > 0 || result < 0 && errno == EINTR
}

/// Writes a message to standard error, in which names and texts of others are escaped.
public func writeToStandardError(_ message: Message) {
  writeToStandardError(message.description)
}
