// What a protocol asks for is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import CProcessor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file system itself, by POSIX calls.
public struct SystemFiles: FileOperations {
  /// The file system.
  public init() {}

  /// Readable by all and writable by the owner, less what the umask takes away.
  private static let fileMode: mode_t = 0o644
  private static let folderMode: mode_t = 0o755

  /// open(2), which empties a file that is there.
  public func create(_ path: String) throws(FileError) -> OpenFile {
    try open(path, O_CREAT | O_TRUNC)
  }

  /// open(2) with O_APPEND: each write goes to the end.
  public func openToAppend(_ path: String) throws(FileError) -> OpenFile {
    try open(path, O_CREAT | O_APPEND)
  }

  private func open(_ path: String, _ flags: Int32) throws(FileError) -> OpenFile {
    let descriptor = retrying { openFile(path, O_WRONLY | O_CLOEXEC | flags, Self.fileMode) }
    guard descriptor >= 0 else { throw FileError(.cannotCreate, path, cannot: "create it") }
    return OpenFile(descriptor: descriptor, path: path)
  }

  /// write(2), once.
  public func writeSome(
    _ bytes: UnsafeRawBufferPointer, to file: OpenFile
  ) throws(FileError) -> Int {
    // Linux writes at most 2 GiB a call.
    let count = writeFile(file.descriptor, bytes.baseAddress, min(bytes.count, 1 << 30))
    if count < 0 && errno == EINTR { return 0 }
    guard count > 0 else { throw FileError(.cannotWrite, file.path, cannot: "write to it") }
    return count
  }

  /// fsync(2), not tried again, not even when interrupted; on Darwin F_FULLFSYNC, since fsync stops at the drive's cache there.
  public func sync(_ file: OpenFile) throws(FileError) {
    guard synchronize(file.descriptor) == 0 else {
      throw FileError(.cannotWrite, file.path, cannot: "bring it to the disk")
    }
  }

  /// close(2).
  public func close(_ file: OpenFile) {
    // Not tried again after an interruption: Linux has given the number up by then.
    _ = closeFile(file.descriptor)
  }

  /// rename(2).
  public func rename(_ path: String, to newPath: String) throws(FileError) {
    guard renameFile(path, newPath) == 0 else {
      throw FileError(.cannotWrite, path, cannot: "rename it to \(newPath)")
    }
  }

  /// renameat2(2) or renamex_np(2), or three renames where the file system knows no such thing.
  public func exchange(_ path: String, with other: String) throws(FileError) {
    switch exchange_names(path, other) {
    case 0: break
    case EINVAL, ENOSYS, ENOTSUP: try exchangeByRenames(path, with: other)
    case let code:
      throw FileError(.cannotWrite, path, cannot: "exchange it with \(other)", code: code)
    }
  }

  /// mkdir(2).
  public func createFolder(_ path: String) throws(FileError) {
    guard mkdir(path, Self.folderMode) == 0 else {
      throw FileError(.cannotCreate, path, cannot: "create the folder")
    }
  }

  /// fsync(2) of the folder, again only after an interruption: names are in the file system's own log.
  public func syncFolder(_ path: String) throws(FileError) {
    let descriptor = retrying { openFile(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw FileError(.cannotWrite, path, cannot: "open the folder") }
    defer { _ = closeFile(descriptor) }
    guard retrying({ synchronize(descriptor) }) == 0 else {
      throw FileError(.cannotWrite, path, cannot: "bring the folder to the disk")
    }
  }

  /// remove(3), which takes files and empty folders alike.
  public func remove(_ path: String) throws(FileError) {
    guard removeFile(path) == 0 else { throw FileError(.cannotWrite, path, cannot: "remove it") }
  }

  /// symlink(2).
  public func link(_ path: String, to target: String) throws(FileError) {
    guard symlink(target, path) == 0 else {
      throw FileError(.cannotCreate, path, cannot: "make a link to \(target)")
    }
  }

  private func synchronize(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
      return fcntl(descriptor, F_FULLFSYNC)
    #else
      return fsync(descriptor)
    #endif
  }
}

/// After so many in a row it is not signals that interrupt a call.
let mostInterruptions = 1000

/// Repeats a system call that a signal has interrupted.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  for _ in 1..<mostInterruptions {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
  return call()
}

// The system's functions under names that the methods above do not hide.
private func openFile(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
  open(path, flags, mode)
}
private func writeFile(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
private func closeFile(_ file: Int32) -> Int32 { close(file) }
private func renameFile(_ path: String, _ newPath: String) -> Int32 { rename(path, newPath) }
private func removeFile(_ path: String) -> Int32 { remove(path) }
