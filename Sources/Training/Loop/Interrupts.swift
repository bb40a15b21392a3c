import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Requests to end that came as signals: the first is noted, the second ends the program at once.
public enum Interrupts {
  private static let received = Atomic<Int32>(0)

  /// The signal that asked for the end, or nil.
  public static var request: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// A write beyond the limit of a file's size becomes an error, which says what is wrong, instead of
  /// the end of the program.
  public static func ignoreFullDisk() { _ = signal(SIGXFSZ, SIG_IGN) }

  /// Takes SIGINT and SIGTERM from now on; writes to a closed pipe and to a full disk become errors.
  public static func handle() {
    for number in [SIGINT, SIGTERM] {
      _ = signal(number) { number in
        if Interrupts.received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
    _ = signal(SIGPIPE, SIG_IGN)
    ignoreFullDisk()
    // Whoever started the program may have blocked them.
    var requests = sigset_t()
    sigemptyset(&requests)
    for number in [SIGINT, SIGTERM] { sigaddset(&requests, number) }
    pthread_sigmask(SIG_UNBLOCK, &requests, nil)
  }
}
