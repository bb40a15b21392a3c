import CLibrary
import CProcessor
import Synchronization

/// Requests to end that came as signals: the first is noted, a second of SIGINT or SIGTERM ends the
/// program at once.
public enum Interrupts {
  /// Ctrl-C, kill, and the end of the terminal or of the session over a network.
  public static let signals = [SIGINT, SIGTERM, SIGHUP]

  private static let received = Atomic<Int32>(0)
  /// When SIGINT or SIGTERM came first, in milliseconds of the system's clock; 0 for never.
  private static let firstTime = Atomic<Int>(0)
  private static let makesWritesFail = Atomic<Bool>(false)
  private static let ignoresPipe = Atomic<Bool>(false)

  /// One who asks may be heard twice: timeout(1) sends its signal to the process and to its group.
  private static var echo: Int { 250 }

  /// The signal that asked for the end, or nil.
  public static var request: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Writes that the system would answer with the end of the program become errors, which say what is
  /// wrong: to a pipe that nobody reads, and beyond the limit of a file's size.
  public static func makeWritesFail() {
    if !makesWritesFail.exchange(true, ordering: .relaxed) {
      ignoresPipe.store(signal_is_ignored(SIGPIPE), ordering: .relaxed)
    }
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  /// Whether whoever started the program ignores SIGPIPE: then a pipe that nobody reads is an error.
  static var wasPipeIgnored: Bool { ignoresPipe.load(ordering: .relaxed) }

  /// Ends the program as the system would when it writes to a pipe that nobody reads: without a word.
  public static func endByClosedPipe() -> Never {
    _ = signal(SIGPIPE, SIG_DFL)
    unblock([SIGPIPE])
    raise(SIGPIPE)
    _exit(128 + SIGPIPE)
  }

  /// Takes ``signals`` from now on, but for those that were ignored when the program was started, as
  /// by nohup; writes to a closed pipe and to a full disk become errors.
  public static func handle() {
    makeWritesFail()
    // In a signal handler nothing may be made for the first time.
    _ = (received.load(ordering: .relaxed), firstTime.load(ordering: .relaxed))
    let taken = signals.filter { !signal_is_ignored($0) }
    for number in taken { _ = signal(number) { Interrupts.take($0) } }
    // Whoever started the program may have blocked them.
    unblock(taken)
  }

  /// What is done in a signal handler.
  private static func take(_ number: Int32) {
    _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
    // A terminal that goes is told of by the system, by the shell and again when the shell ends.
    guard number != SIGHUP else { return }
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = 1 + time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    let first = firstTime.compareExchange(expected: 0, desired: now, ordering: .relaxed).original
    if first != 0 && now - first > echo { _exit(128 + number) }
  }

  private static func unblock(_ numbers: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }
}
