import CLibrary

/// A system call that failed, and why.
package struct SystemFailure: Error, Equatable, CustomStringConvertible {
  /// Its errno.
  package let code: Int32

  /// The call that failed last in this thread.
  package init(_ code: Int32 = errno) { self.code = code }

  /// Whether the system says that nothing is there, rather than that it cannot tell.
  package var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

  /// What the system calls it.
  package var description: String { String(cString: strerror(code)) }
}

/// What stands at a path.
package enum FileKind: Sendable {
  case file, folder, link, other

  /// What stands at a path.
  /// - Throws: `SystemFailure`, also where nothing does.
  package init(_ path: BytePath, followingLinks: Bool = true) throws(SystemFailure) {
    var status = stat()
    let result = path.withCString { followingLinks ? stat($0, &status) : lstat($0, &status) }
    guard result == 0 else { throw SystemFailure() }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    default: self = .other
    }
  }
}

extension BytePath {
  /// The names in this folder but for "." and "..", in the order of their bytes.
  /// - Throws: `SystemFailure` when the folder cannot be opened, or not read to its end.
  package func names() throws(SystemFailure) -> [BytePath] {
    let descriptor = withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw SystemFailure() }
    return try Self.names(inFolder: descriptor)
  }

  /// The same of a folder that is open, which is closed.
  /// - Throws: `SystemFailure` when the folder cannot be read to its end.
  package static func names(inFolder descriptor: Int32) throws(SystemFailure) -> [BytePath] {
    guard let stream = fdopendir(descriptor) else {
      let failure = SystemFailure()
      close(descriptor)
      throw failure
    }
    defer { closedir(stream) }
    var names: [BytePath] = []
    while true {
      // The end and a failure are told apart by nothing else.
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 1) { start in
          let bytes = UnsafeRawBufferPointer(start: start, count: strlen(start))
          return BytePath(bytes: bytes)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw SystemFailure() }
    return names.sorted()
  }

  /// The path without links.
  /// - Throws: `SystemFailure` where it leads nowhere.
  package func withoutLinks() throws(SystemFailure) -> BytePath {
    guard let real = withCString({ realpath($0, nil) }) else { throw SystemFailure() }
    defer { free(real) }
    return BytePath(bytes: UnsafeRawBufferPointer(start: real, count: strlen(real)))
  }
}
