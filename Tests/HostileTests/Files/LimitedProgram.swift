import Foundation

/// The program, run with less memory than a computer has, and what it took.
struct LimitedProgram {
  /// How it ended, all that it said, and the processor's seconds that it took.
  let status: Int32
  let said: String
  let seconds: Double

  /// What the program takes without any file, on any verb: `theProgramItselfFits` makes sure of it.
  static let ownMemory = 24 << 20

  /// The sanitizer that the tests run under, if any: it has a memory of its own, and takes its time.
  static let sanitizer = ProcessInfo.processInfo.environment["GEN_SANITIZER"]

  /// The program under test: the one that lies beside the tests, or another build of it.
  static let path =
    ProcessInfo.processInfo.environment["HOSTILE_GEN"]
    ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("gen").path

  /// How many times as long as it should a build may take that is not optimized.
  static let patience: Double =
    sanitizer != nil ? 100 : ProcessInfo.processInfo.environment["HOSTILE_GEN"] == nil ? 20 : 1

  /// After so many seconds on the clock it is taken for hung: many processes may run beside it.
  private static let longest: Double = sanitizer == nil ? 60 : 600

  /// Runs it to the end, but ends one that hangs.
  ///
  /// The limit is on all writable memory that is asked for, used or not (RLIMIT_DATA): more than its
  /// resident memory.
  init(_ arguments: [String], memory: Int, in folder: String) throws {
    let output = "\(folder)/.said"
    let limit = Self.sanitizer == nil ? "ulimit -d \(memory >> 10); " : ""
    let words = [
      "/bin/sh", "-c", "\(limit)exec \"$@\" < /dev/null > \(output) 2>&1", "sh", Self.path,
    ]
    var arguments: [UnsafeMutablePointer<CChar>?] = (words + arguments).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    guard posix_spawn(&process, "/bin/sh", nil, nil, &arguments, environ) == 0 else {
      throw POSIXError(.ENOEXEC)
    }
    var (state, usage) = (Int32(), rusage())
    let start = Date()
    while wait4(process, &state, WNOHANG, &usage) == 0 {
      if start.timeIntervalSinceNow < -Self.longest { kill(process, SIGKILL) }
      usleep(2000)
    }
    let signal = state & 0x7F
    status = signal == 0 ? state >> 8 & 0xFF : 128 + signal
    said = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
    seconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
  }
}
