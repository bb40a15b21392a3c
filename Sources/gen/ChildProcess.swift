import CLibrary
import Files

/// Another process: a run of this program, which reads and prints nothing and whose messages go to a file, or a
/// program that shows something.
///
/// Foundation's Process would start a thread to watch over it, which the system may not allow.
struct ChildProcess {
  /// Its number.
  let identifier: pid_t

  /// How it ended.
  enum Ending: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// Starts the program with those arguments.
  /// - Throws: `SystemShortage` where the system allows no more processes; `FileError`.
  init(_ arguments: [String], messages: String) throws {
    // Where it is missing, the system names the program alone.
    guard access("/dev/null", R_OK | W_OK) == 0 else {
      throw FileError(.missing, "/dev/null", cannot: "open it")
    }
    try self.init(programPath()?.text ?? CommandLine.arguments[0], arguments) { actions in
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(
        &actions, 2, messages, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
    }
  }

  /// Starts a program, which is looked for in PATH, with this one's terminal.
  /// - Throws: `SystemShortage` where the system allows no more processes; `FileError`.
  init(program: String, _ arguments: [String]) throws {
    try self.init(program, arguments) { _ in }
  }

  private init(
    _ program: String, _ arguments: [String], _ prepare: (inout SpawnActions) -> Void
  ) throws {
    let (process, status) = spawn(program, arguments, prepare)
    guard status == 0 else {
      let reason = String(cString: strerror(status))
      if [EAGAIN, ENOMEM].contains(status) {
        throw SystemShortage("no further process can be started: \(reason)")
      }
      throw FileError(.missing, program, "cannot be started: \(reason)")
    }
    identifier = process
  }

  /// How it ended, if it has; ask no more after that.
  func ending() -> Ending? { wait(WNOHANG) }

  /// Waits for its end.
  func end() -> Ending { wait(0) ?? .killed(signal: SIGKILL) }

  /// Kills it, and waits for its end.
  func stop() -> Ending {
    kill(identifier, SIGKILL)
    return end()
  }

  private func wait(_ options: Int32) -> Ending? {
    var state: Int32 = 0
    var found: pid_t
    repeat { found = waitpid(identifier, &state, options) } while found < 0 && errno == EINTR
    guard found == identifier else { return nil }
    let signal = state & 0x7F
    return signal == 0 ? .exited(state >> 8 & 0xFF) : .killed(signal: signal)
  }
}

/// What the system has no more of: memory, threads, processes.
struct SystemShortage: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
