import CLibrary

/// Where a user wants a result to go, by name.
///
/// A regular file is put in place whole, and keeps its owner and who may read it. Everything else is
/// written to as it is, and neither emptied nor replaced: an open descriptor, which "-", /dev/stdout and
/// /dev/fd/3 are, at its own place; a pipe that has a name; a device.
public struct Output: Sendable {
  /// What the user calls it.
  public let name: String
  private let target: Target

  private enum Target: Equatable {
    case descriptor(Int32)
    /// A pipe or a device, which is there.
    case stream(String)
    /// A regular file, which may be there, with links followed.
    case file(String)
  }

  /// The output of that name; whether it can be written is found out before there is a result.
  /// - Throws: `FileError`.
  public init(_ name: String) throws(FileError) {
    guard !name.isEmpty else {
      throw FileError(.cannotCreate, "an output", "must have a name, but it is empty")
    }
    self.name = name
    target = try Self.target(of: name)
    try check()
    if isStandardOutput { StandardOutput.reserve() }
  }

  /// Whether an output of that name goes to standard output.
  public static func isStandardOutput(_ name: String) -> Bool {
    (try? target(of: name)) == .descriptor(STDOUT_FILENO)
  }

  /// Whether an output of that name is a stream: its name says nothing about what it is to hold.
  public static func isStream(_ name: String) -> Bool {
    switch try? target(of: name) {
    case .descriptor, .stream: true
    case .file, nil: false
    }
  }

  /// Whether it goes to standard output.
  public var isStandardOutput: Bool { target == .descriptor(STDOUT_FILENO) }

  /// Whether another output would mix with this one, or take its place.
  public func isSame(as other: Output) -> Bool {
    if let identity, let otherIdentity = other.identity {
      // Two results for /dev/null do not disturb each other.
      return target == other.target && isStandardOutput
        || identity == otherIdentity && !identity.isDevice
    }
    // Names of a file that is to be.
    guard case .file(let path) = target, case .file(let otherPath) = other.target else {
      return false
    }
    return lastComponent(of: path) == lastComponent(of: otherPath)
      && FileIdentity(folder(of: path)) == FileIdentity(folder(of: otherPath))
  }

  /// Writes the result.
  /// - Throws: `FileError`; `ClosedPipe` when nobody reads any more.
  public func write(_ bytes: [UInt8]) throws {
    switch target {
    case .descriptor(STDOUT_FILENO): try StandardOutput.write(bytes)
    case .descriptor(let number):
      try writeAll(bytes, to: number, named: name)
      try checkClosing(number, named: name)
    case .stream(let path): try write(bytes, toStream: path)
    case .file(let path):
      do {
        try SystemFiles().atomicWrite(Place(path), keepingOwner: true) { try $0.write(bytes) }
      } catch let error as FileError where error.path == path {
        throw FileError(error.kind, name, error.message)
      }
    }
  }

  /// Writes `text` as UTF-8.
  /// - Throws: `FileError`; `ClosedPipe` when nobody reads any more.
  public func write(_ text: String) throws { try write(Array(text.utf8)) }

  private func write(_ bytes: [UInt8], toStream path: String) throws {
    // A terminal that is opened is not to become the program's own.
    let descriptor = retrying { open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileError(.cannotCreate, name, cannot: "open it") }
    do { try writeAll(bytes, to: descriptor, named: name) } catch {
      _ = close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 || errno == EINTR else {
      throw FileError(.cannotWrite, name, cannot: "write to it")
    }
  }

  /// Makes sure that it can be written, as far as that can be known.
  private func check() throws(FileError) {
    switch target {
    case .descriptor(let number):
      guard fcntl(number, F_GETFL) & O_ACCMODE == O_RDONLY else { return }
      let isClosed = StandardStreams.wasClosed(number)
      throw FileError(
        .cannotWrite, number == STDOUT_FILENO ? StandardStreams.name(of: number) : name,
        "cannot write to it: it is \(isClosed ? "closed" : "open for reading only")")
    case .stream(let path):
      guard access(path, W_OK) == 0 else { throw FileError(.cannotCreate, name, cannot: "open it") }
    case .file(let path):
      let folder = folder(of: path)
      guard access(folder, W_OK | X_OK) == 0 else {
        let code = errno
        guard access(path, F_OK) == 0 else {
          throw FileError(.cannotCreate, name, cannot: "create it", code: code)
        }
        throw FileError(
          .cannotCreate, name,
          "cannot put a new file in its place, as its folder \(folder) cannot be written: "
            + "\(String(cString: strerror(code))); give - and lead standard output to it")
      }
      var status = stat()
      guard stat(path, &status) == 0 else { return }
      guard access(path, W_OK) == 0 else {
        throw FileError(.cannotCreate, name, cannot: "replace it")
      }
      guard [0, status.st_uid].contains(geteuid()) else { throw SystemFiles.othersFile(name) }
    }
  }

  private var identity: FileIdentity? {
    switch target {
    case .descriptor(let number): FileIdentity(number)
    case .stream(let path), .file(let path): FileIdentity(path)
    }
  }
}

extension Output {
  /// Follows links one by one: one of those in /proc/self/fd looks like a link to a file, but is an
  /// open descriptor with a place of its own.
  private static func target(of name: String) throws(FileError) -> Target {
    var path = name
    for _ in 0..<40 {
      if let number = descriptor(of: path) { return .descriptor(try inherited(number, name)) }
      var status = stat()
      guard lstat(path, &status) == 0 else {
        let code = errno
        guard code == ENOENT else {
          throw FileError(.cannotCreate, name, cannot: "create it", code: code)
        }
        return .file(path)
      }
      switch status.st_mode & S_IFMT {
      case S_IFLNK where isDescriptor(path):
        guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else {
          throw FileError(
            .cannotCreate, name, "is a file that another process has open: name the file")
        }
        return .stream(path)
      case S_IFLNK:
        guard let next = linkTarget(path) else {
          throw FileError(.cannotCreate, name, cannot: "follow the link")
        }
        path = next.hasPrefix("/") ? next : "\(folder(of: path))/\(next)"
      case S_IFREG: return .file(path)
      case S_IFDIR: throw FileError(.cannotCreate, name, cannot: "create it", code: EISDIR)
      default: return .stream(path)
      }
    }
    throw FileError(.cannotCreate, name, cannot: "create it", code: ELOOP)
  }

  /// The number of the open descriptor that a path is another name for.
  private static func descriptor(of path: String) -> Int32? {
    switch path {
    case "-", "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default: break
    }
    let last = lastComponent(of: path)
    guard !last.isEmpty, last.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int32(last),
      let folder = realPath(of: folder(of: path))
    else { return nil }
    let folders = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"]
    return folders.contains { realPath(of: $0) == folder } ? number : nil
  }

  /// Whether a path is another name for a descriptor of some process.
  private static func isDescriptor(_ path: String) -> Bool {
    guard let folder = realPath(of: folder(of: path)) else { return false }
    return folder.hasPrefix("/proc/") && folder.hasSuffix("/fd")
  }

  /// A descriptor that the program was started with; its own files are closed to those it starts.
  private static func inherited(_ number: Int32, _ name: String) throws(FileError) -> Int32 {
    let flags = fcntl(number, F_GETFD)
    guard flags != -1, flags & FD_CLOEXEC == 0 else {
      throw FileError(
        .cannotCreate, name, "there is no such descriptor: lead it somewhere, as by \(number)>file")
    }
    return number
  }

  private static func realPath(of path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private static func linkTarget(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { readlink(path, $0.baseAddress!, $0.count) }
    return count >= 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }
}

/// What tells a file or folder from all others that there are at that time.
private struct FileIdentity: Equatable {
  private let device: dev_t
  private let number: ino_t
  let isDevice: Bool

  /// That of what stands at a path once links are followed; nil where nothing does.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// That of what is open; nil where nothing is.
  init?(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    (device, number) = (status.st_dev, status.st_ino)
    isDevice = [S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT)
  }
}
