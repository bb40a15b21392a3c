// What a protocol asks for is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import CLibrary
import CProcessor

/// The file system itself, by POSIX calls.
public struct SystemFiles: FileOperations {
  /// The file system.
  public init() {}

  /// Readable by all and writable by the owner, less what the umask takes away.
  private static let fileMode: mode_t = 0o644
  private static let folderMode: mode_t = 0o755

  /// openat(2), exclusively, and flock(2) where the file system knows it.
  public func create(_ place: Place) throws(FileError) -> OpenFile {
    while true {
      let file = try open(place, O_CREAT | O_EXCL)
      _ = flock(file.descriptor, LOCK_EX)
      // Who cleared up just now has taken it for left behind.
      guard file.isRemoved else { return file }
      close(file)
    }
  }

  /// openat(2), which empties a file that is there.
  public func overwrite(_ place: Place) throws(FileError) -> OpenFile {
    try open(place, O_TRUNC)
  }

  /// openat(2) with O_APPEND: each write goes to the end.
  public func openToAppend(_ place: Place) throws(FileError) -> OpenFile {
    try open(place, O_CREAT | O_APPEND)
  }

  private func open(_ place: Place, _ flags: Int32) throws(FileError) -> OpenFile {
    let (base, name) = try place.changeable()
    let descriptor = retrying { openat(base, name, O_WRONLY | O_CLOEXEC | flags, Self.fileMode) }
    guard descriptor >= 0 else { throw FileError(.cannotCreate, place, cannot: "create it") }
    return OpenFile(descriptor: descriptor, place)
  }

  /// write(2), once.
  public func writeSome(
    _ bytes: UnsafeRawBufferPointer, to file: OpenFile
  ) throws(FileError) -> Int {
    // Linux writes at most 2 GiB a call.
    let count = writeFile(file.descriptor, bytes.baseAddress, min(bytes.count, 1 << 30))
    if count < 0 && errno == EINTR { return 0 }
    guard count > 0 else { throw FileError(.cannotWrite, file.place, cannot: "write to it") }
    return count
  }

  /// fchown(2) and fchmod(2), each only where there is something to change.
  public func copyAccess(
    from place: Place, to file: OpenFile, keepingOwner keepsOwner: Bool
  ) throws(FileError) {
    var (old, new) = (stat(), stat())
    let (base, name) = place.reference
    guard fstatat(base, name, &old, 0) == 0, fstat(file.descriptor, &new) == 0 else { return }
    var mode = old.st_mode & 0o7777
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid),
      fchown(file.descriptor, old.st_uid, old.st_gid) != 0
    {
      guard !keepsOwner else { throw Self.othersFile(place.path) }
      mode = old.st_mode & new.st_mode & 0o777
    }
    guard mode == new.st_mode & 0o7777 || fchmod(file.descriptor, mode) == 0 else {
      throw FileError(.cannotCreate, place, cannot: "give the new file its mode")
    }
  }

  static func othersFile(_ path: String) -> FileError {
    FileError(
      .cannotCreate, path,
      "belongs to others, and a new file in its place would not: remove it, or name another")
  }

  /// fsync(2), not tried again, not even when interrupted; on Darwin F_FULLFSYNC, since fsync stops at the drive's cache there.
  public func sync(_ file: OpenFile) throws(FileError) {
    guard synchronize(file.descriptor) == 0 else {
      throw FileError(.cannotWrite, file.place, cannot: "bring it to the disk")
    }
  }

  /// close(2).
  public func close(_ file: OpenFile) {
    // Not tried again after an interruption: Linux has given the number up by then.
    _ = closeFile(file.descriptor)
  }

  /// renameat(2).
  public func rename(_ place: Place, to newPlace: Place) throws(FileError) {
    let (old, new) = (try place.changeable(), try newPlace.changeable())
    guard renameat(old.descriptor, old.name, new.descriptor, new.name) == 0 else {
      let code = errno
      throw FileError(.cannotWrite, place, cannot: "rename it to \(newPlace.path)", code: code)
    }
  }

  /// renameat2(2) or renameatx_np(2), or three renames where the file system knows no such thing.
  public func exchange(_ place: Place, with other: Place) throws(FileError) {
    let (first, second) = (try place.changeable(), try other.changeable())
    switch exchange_names(first.descriptor, first.name, second.descriptor, second.name) {
    case 0: break
    case EINVAL, ENOSYS, ENOTSUP: try exchangeByRenames(place, with: other)
    case let code:
      throw FileError(.cannotWrite, place, cannot: "exchange it with \(other.path)", code: code)
    }
  }

  /// mkdirat(2).
  public func createFolder(_ place: Place) throws(FileError) {
    let (base, name) = try place.changeable()
    guard mkdirat(base, name, Self.folderMode) == 0 else {
      throw FileError(.cannotCreate, place, cannot: "create the folder")
    }
  }

  /// fsync(2) of the folder, again only after an interruption: names are in the file system's own log.
  public func syncFolder(_ place: Place) throws(FileError) {
    let (base, name) = try place.changeable()
    let descriptor = retrying { openat(base, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      throw FileError(.cannotWrite, place, cannot: "open the folder")
    }
    defer { _ = closeFile(descriptor) }
    guard retrying({ synchronize(descriptor) }) == 0 else {
      throw FileError(.cannotWrite, place, cannot: "bring the folder to the disk")
    }
  }

  /// unlinkat(2), of files and empty folders alike.
  public func remove(_ place: Place) throws(FileError) {
    let (base, name) = try place.changeable()
    if unlinkat(base, name, 0) == 0 { return }
    // A folder, in the words of Linux and of POSIX.
    guard [EISDIR, EPERM].contains(errno), unlinkat(base, name, AT_REMOVEDIR) == 0 else {
      throw FileError(.cannotWrite, place, cannot: "remove it")
    }
  }

  /// symlinkat(2).
  public func link(_ place: Place, to target: String) throws(FileError) {
    let (base, name) = try place.changeable()
    guard symlinkat(target, base, name) == 0 else {
      throw FileError(.cannotCreate, place, cannot: "make a link to \(target)")
    }
  }

  private func synchronize(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
      let result = fcntl(descriptor, F_FULLFSYNC)
      // Not every file system knows it, such as one over a network.
      return result != 0 && [ENOTSUP, EINVAL].contains(errno) ? fsync(descriptor) : result
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
private func writeFile(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
private func closeFile(_ file: Int32) -> Int32 { close(file) }
