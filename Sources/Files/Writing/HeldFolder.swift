import CLibrary
import Synchronization

/// A folder that is held open, and with its lock also the right to write to it, which one process has
/// at a time.
///
/// What is done in it, by a `Place`, is done in this folder, also when it is given another name and
/// another folder takes the old one. When it is removed, or moved to another file system, nothing can be
/// done any more: that is an error of its own kind, lost.
///
/// The kernel takes the lock back when the process ends, however that happens, so none is ever stale.
public final class HeldFolder: Sendable {
  let descriptor: Int32
  private let lock: Lock?
  /// The path by which the folder was found last.
  private let knownPath: Mutex<String>

  private struct Lock {
    let descriptor: Int32
    let identity: Identity
  }

  /// The process that has a folder's lock.
  public struct Holder: CustomStringConvertible, Sendable {
    /// Its number; nil where it has not written that down.
    public let process: Int?

    /// For messages: "process 4242", or "another process".
    public var description: String { process.map { "process \($0)" } ?? "another process" }
  }

  /// The file in which the lock is.
  static let lockName = ".lock"

  /// Opens a folder, to read what is in it.
  /// - Throws: `FileError`.
  package convenience init(_ place: Place) throws(FileError) {
    let (base, name) = place.reference
    let descriptor = retrying { openat(base, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileError(.missing, place, cannot: "open the folder") }
    self.init(descriptor, nil, place.path)
  }

  /// Opens a folder and takes its lock, or fails where another process has it.
  /// - Parameter isNamed: Whether the process writes its number there, for others' messages; without it a
  ///   folder to which nothing is written stays as it is.
  /// - Throws: `FileError`, locked when another process has it, which the message names.
  public convenience init(locking path: String, isNamed: Bool = true) throws(FileError) {
    let descriptor = try Self.open(path)
    do throws(FileError) {
      self.init(descriptor, try Self.lock(descriptor, path, isNamed), path)
    } catch {
      _ = close(descriptor)
      throw error
    }
  }

  /// Takes the lock of a folder that a process which is no more has left; nil for one whose lock is held,
  /// or was never taken, unless an empty lock is all that it has.
  package init?(abandoned path: String) {
    guard let descriptor = try? Self.open(path, O_NOFOLLOW) else { return nil }
    guard let file = Self.openLock(descriptor, O_NOFOLLOW) else {
      _ = close(descriptor)
      return nil
    }
    let isOurs = Self.process(file) != nil || Self.isEmpty(file, alone: descriptor)
    _ = close(file)
    guard isOurs else {
      _ = close(descriptor)
      return nil
    }
    guard let lock = try? Self.lock(descriptor, path) else {
      _ = close(descriptor)
      return nil
    }
    (self.descriptor, self.lock) = (descriptor, lock)
    knownPath = Mutex(path)
  }

  private init(_ descriptor: Int32, _ lock: Lock?, _ path: String) {
    (self.descriptor, self.lock) = (descriptor, lock)
    knownPath = Mutex(path)
  }

  deinit {
    if let lock { _ = close(lock.descriptor) }
    _ = close(descriptor)
  }

  /// The folder as a place.
  public var place: Place { Place(self) }

  /// Makes sure that the folder is still there, and its lock still ours.
  /// - Throws: `FileError`, lost when it is not.
  package func check() throws(FileError) {
    guard let lock else { return }
    let found = Identity(of: Self.lockName, in: descriptor)
    if found == lock.identity { return }
    let code = errno
    guard found != nil || [ENOENT, ENOTDIR, ESTALE].contains(code) else {
      throw FileError(.cannotRead, path, cannot: "look at the folder", code: code)
    }
    throw FileError(
      .lost, path,
      "the folder that this process writes to is gone: it was removed, replaced, or moved to another "
        + "file system")
  }

  // MARK: - Its name

  /// Where the folder is now; where that cannot be known, where it was last.
  package var path: String {
    knownPath.withLock { known in
      let identity = Identity(of: descriptor)
      func leadsHere(_ path: String) -> Bool {
        Identity(of: path, followingLinks: true) == identity
      }
      if leadsHere(known) { return known }
      guard let found = systemPath, leadsHere(found) else { return known }
      // As it was named at first: seen from the working folder.
      if !known.hasPrefix("/"), let here = Self.workingFolder, found.hasPrefix("\(here)/") {
        known = String(found.dropFirst(here.utf8.count + 1))
      } else {
        known = found
      }
      return known
    }
  }

  /// Takes down that the folder has been given another name.
  package func isNow(at path: String) { knownPath.withLock { $0 = path } }

  /// The path that the system knows.
  private var systemPath: String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    #if os(Linux)
      let count = readlink("/proc/self/fd/\(descriptor)", &bytes, bytes.count)
      guard count > 0, count < bytes.count else { return nil }
    #else
      guard fcntl(descriptor, F_GETPATH, &bytes) == 0 else { return nil }
    #endif
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static var workingFolder: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  // MARK: - The lock

  private static func open(_ path: String, _ flags: Int32 = 0) throws(FileError) -> Int32 {
    let all = O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags
    let descriptor = retrying { openat(AT_FDCWD, path, all) }
    guard descriptor >= 0 else { throw FileError(.missing, path, cannot: "open the folder") }
    return descriptor
  }

  private static func openLock(_ folder: Int32, _ flags: Int32) -> Int32? {
    let file = retrying { openat(folder, lockName, O_RDWR | O_CLOEXEC | flags, 0o644) }
    return file >= 0 ? file : nil
  }

  private static func lock(
    _ folder: Int32, _ path: String, _ isNamed: Bool = true
  ) throws(FileError) -> Lock {
    let name = "\(path)/\(lockName)"
    while true {
      guard let file = openLock(folder, O_CREAT) else {
        throw FileError(.cannotCreate, name, cannot: "open it")
      }
      guard takeLock(of: file) else {
        let code = errno
        let holder = Holder(process: process(file))
        _ = close(file)
        guard code == EWOULDBLOCK else {
          throw FileError(.cannotWrite, name, cannot: "lock it", code: code)
        }
        throw FileError(.locked, path, "is in use by \(holder): wait until that ends, or stop it")
      }
      guard let identity = Identity(of: file), identity == Identity(of: lockName, in: folder) else {
        // Somebody has removed it meanwhile, perhaps with the folder; then opening it fails.
        _ = close(file)
        continue
      }
      // The number is for messages, and says that the file is ours; the lock itself is the kernel's.
      let number = Array("\(getpid())\n".utf8)
      if isNamed {
        _ = ftruncate(file, 0)
        _ = pwrite(file, number, number.count, 0)
      }
      return Lock(descriptor: file, identity: identity)
    }
  }

  /// Takes the lock that nobody has. Whoever asks who has it has a share of it for a moment, which is waited out.
  private static func takeLock(of file: Int32) -> Bool {
    for _ in 0..<20 {
      if retrying({ flock(file, LOCK_EX | LOCK_NB) }) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      usleep(500)
    }
    return retrying({ flock(file, LOCK_EX | LOCK_NB) }) == 0
  }

  /// Who has the lock of the folder at a path; nil when nobody has.
  package static func holder(of path: String) -> Holder? {
    let descriptor = retrying { openat(AT_FDCWD, "\(path)/\(lockName)", O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    // A shared lock, so that those who ask at the same time are not taken for holders.
    guard retrying({ flock(descriptor, LOCK_SH | LOCK_NB) }) != 0, errno == EWOULDBLOCK else {
      return nil
    }
    return Holder(process: process(descriptor))
  }

  /// Whether a lock is an empty file, and all that is in its folder.
  private static func isEmpty(_ lock: Int32, alone folder: Int32) -> Bool {
    var status = stat()
    guard fstat(lock, &status) == 0, status.st_size == 0 else { return false }
    let copy = retrying { openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    return copy >= 0 && (try? BytePath.names(inFolder: copy)) == [BytePath(lockName)]
  }

  /// The number of the process that has written it there.
  private static func process(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return Int(String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self))
  }
}

/// What tells a file from all others, whatever its name.
struct Identity: Equatable, Sendable {
  private let device: UInt64
  private let number: UInt64

  /// That of an open file; nil where it cannot be asked for.
  init?(of descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// That of what is called `name` in a folder; nil where there is nothing.
  init?(of name: String, in folder: Int32 = AT_FDCWD, followingLinks: Bool = false) {
    var status = stat()
    guard fstatat(folder, name, &status, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else {
      return nil
    }
    self.init(status)
  }

  private init(_ status: stat) {
    (device, number) = (UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino))
  }
}
