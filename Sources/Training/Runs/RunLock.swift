#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The right to write to a run, which one process has at a time.
///
/// The kernel takes it back when the process ends, however that happens, so no lock is ever stale.
public final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock in that folder, or fails at once.
  /// - Throws: `FileError`, locked when another process has it, which the message names.
  init(folder: String) throws(FileError) {
    let path = "\(folder)/.lock"
    descriptor = retrying { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else { throw FileError(.cannotCreate, path, cannot: "open it") }
    guard retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      let code = errno
      let holder = Self.holder(descriptor)
      _ = close(descriptor)
      guard code == EWOULDBLOCK else {
        throw FileError(.cannotWrite, path, cannot: "lock it", code: code)
      }
      throw FileError(
        .locked, folder,
        "is in use by \(holder.map { "process \($0)" } ?? "another process"): "
          + "wait until that ends, or stop it")
    }
    // The number is only for messages; the lock itself is the kernel's.
    let number = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, number, number.count, 0)
  }

  deinit { _ = close(descriptor) }

  /// The process that has written its number there.
  private static func holder(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return Int(String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self))
  }
}
