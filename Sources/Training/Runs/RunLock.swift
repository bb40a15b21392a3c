#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The right to write to a folder, such as a run's, which one process has at a time.
///
/// The kernel takes it back when the process ends, however that happens, so no lock is ever stale.
public final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock in that folder, or fails at once.
  /// - Parameter isNamed: Whether the process writes its number there, for others' messages; without it a
  ///   folder to which nothing is written stays as it is.
  /// - Throws: `FileError`, locked when another process has it, which the message names.
  public init(folder: String, isNamed: Bool = true) throws(FileError) {
    let path = Self.path(in: folder)
    descriptor = retrying { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else { throw FileError(.cannotCreate, path, cannot: "open it") }
    guard retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      let code = errno
      let holder = Self.holder(descriptor)
      _ = close(descriptor)
      guard code == EWOULDBLOCK else {
        throw FileError(.cannotWrite, path, cannot: "lock it", code: code)
      }
      throw FileError(.locked, folder, "is in use by \(holder): wait until that ends, or stop it")
    }
    guard isNamed else { return }
    // The number is only for messages; the lock itself is the kernel's.
    let number = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, number, number.count, 0)
  }

  /// Who has the lock of that folder, such as "process 4242"; nil when nobody has.
  static func holder(of folder: String) -> String? {
    let descriptor = retrying { open(path(in: folder), O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    // A shared lock, so that those who ask at the same time are not taken for holders.
    guard retrying({ flock(descriptor, LOCK_SH | LOCK_NB) }) != 0, errno == EWOULDBLOCK else {
      return nil
    }
    return holder(descriptor)
  }

  private static func path(in folder: String) -> String { "\(folder)/.lock" }

  deinit { _ = close(descriptor) }

  /// The process that has written its number there.
  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let line = bytes.prefix(max(0, count)).prefix { $0 != 10 }
    return Int(String(decoding: line, as: UTF8.self)).map { "process \($0)" } ?? "another process"
  }
}
