#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension FileOperations {
  /// Writes a file and brings it to the disk; its name is on the disk once its folder is synced.
  ///
  /// When the sync fails, the file is thrown away and written once more from the start, because the
  /// system may have marked as clean what never reached the disk; so `body` may run twice.
  /// - Returns: The length and checksum of what was written.
  /// - Throws: `FileError`, and what `body` throws; the unfinished file is removed.
  @discardableResult
  public func writeSynced(
    _ path: String, _ body: (FileWriter) throws -> Void
  ) throws -> FileDigest {
    do { return try writeOnce(path, body) } catch is FailedSync {
      do { return try writeOnce(path, body) } catch let error as FailedSync { throw error.cause }
    }
  }

  private func writeOnce(
    _ path: String, _ body: (FileWriter) throws -> Void
  ) throws -> FileDigest {
    let file = try create(path)
    do {
      let writer = FileWriter(file, self)
      try body(writer)
      do { try sync(file) } catch { throw FailedSync(cause: error) }
      close(file)
      return writer.digest
    } catch {
      close(file)
      try? remove(path)
      throw error
    }
  }

  /// Puts a file in place whole: whoever looks, now or after a crash, finds the old one or the new
  /// one. A link is followed; what is not a regular file, such as /dev/stdout, is written directly.
  /// - Returns: The length and checksum of what was written.
  /// - Throws: `FileError`, and what `body` throws; what was there before stays then.
  @discardableResult
  public func atomicWrite(
    _ path: String, _ body: (FileWriter) throws -> Void
  ) throws -> FileDigest {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let file = try create(path)
      defer { close(file) }
      let writer = FileWriter(file, self)
      try body(writer)
      return writer.digest
    }
    let place = resolved(path)
    let temporary = "\(place).\(getpid()).tmp"
    let digest: FileDigest
    do {
      digest = try writeSynced(temporary, body)
      do { try rename(temporary, to: place) } catch {
        try? remove(temporary)
        throw error
      }
    } catch let error as FileError where error.path == temporary {
      // A message names the file that the caller knows.
      throw FileError(error.kind, path, error.message)
    }
    try syncFolder(folder(of: place))
    return digest
  }

  /// Puts a file of those bytes in place whole.
  /// - Throws: `FileError`; what was there before stays then.
  public func atomicWrite(_ path: String, _ bytes: [UInt8]) throws {
    try atomicWrite(path) { try $0.write(bytes) }
  }

  /// Puts a file of that text in place whole, as UTF-8.
  /// - Throws: `FileError`; what was there before stays then.
  public func atomicWrite(_ path: String, _ text: String) throws {
    try atomicWrite(path, Array(text.utf8))
  }

  /// Puts a folder in place whole: whoever looks, now or after a crash, finds all of it or nothing.
  ///
  /// - Parameters:
  ///   - path: Its place.
  ///   - temporary: Where it is made first, in the same folder; nil for a name that says what it is.
  ///   - clear: Moves away what stands in its place.
  ///   - body: Fills the folder that it is given, and brings what lies in folders below to the disk.
  /// - Throws: `FileError`, and what the closures throw; the unfinished folder is removed.
  public func atomicFolder(
    _ path: String, through temporary: String? = nil, clearing clear: () throws -> Void = {},
    _ body: (_ folder: String) throws -> Void
  ) throws {
    let temporary = temporary ?? "\(path).\(getpid()).tmp"
    if fileKind(temporary) != nil { try removeTree(temporary) }
    do {
      try createFolder(temporary)
      try body(temporary)
      try syncFolder(temporary)
    } catch {
      try? removeTree(temporary)
      throw error
    }
    try clear()
    try rename(temporary, to: path)
    try syncFolder(folder(of: path))
  }

  /// Makes a folder whole, or not at all, where nothing stands yet.
  /// - Throws: `FileError` when something does, or the folder cannot be made; what `body` throws.
  public func newFolder(_ path: String, _ body: (_ folder: String) throws -> Void) throws {
    guard fileKind(path) == nil else {
      throw FileError(.cannotCreate, path, "is there already: remove it, or name another folder")
    }
    try atomicFolder(path, body)
  }

  /// Puts a folder in place whole, or another in the place of the one that stands there: whoever looks
  /// finds all of the old one or all of the new one.
  /// - Throws: `FileError`, and what `body` throws; what was there before stays then.
  public func replaceFolder(_ path: String, _ body: (_ folder: String) throws -> Void) throws {
    guard fileKind(path) != nil else { return try atomicFolder(path, body) }
    let new = "\(path).new.tmp"
    if fileKind(new) != nil { try removeTree(new) }
    try atomicFolder(new, body)
    try exchange(path, with: new)
    try syncFolder(folder(of: path))
    try removeTree(new)
  }

  /// Makes a link, or lets one that is there point elsewhere, in one move.
  /// - Throws: `FileError`.
  public func atomicLink(_ path: String, to target: String) throws(FileError) {
    let temporary = "\(path).\(getpid()).tmp"
    if fileKind(temporary) != nil { try remove(temporary) }
    try link(temporary, to: target)
    try rename(temporary, to: path)
    try syncFolder(folder(of: path))
  }

  /// Makes a folder and those above it that are not there, and brings their names to the disk.
  /// - Throws: `FileError`.
  public func createFolders(_ path: String) throws(FileError) {
    guard fileKind(path, followingLinks: true) != .folder else { return }
    let parent = folder(of: path)
    if parent != path { try createFolders(parent) }
    do { try createFolder(path) } catch {
      // Another process may have been faster.
      guard fileKind(path, followingLinks: true) == .folder else { throw error }
    }
    try syncFolder(parent)
  }

  /// Removes a file, or a folder with all that is in it; links are removed, not followed.
  /// - Throws: `FileError`.
  public func removeTree(_ path: String) throws(FileError) {
    if fileKind(path) == .folder {
      for name in try folderContents(path) { try removeTree("\(path)/\(name)") }
    }
    try remove(path)
  }

  /// The file that `path` means once links are followed.
  private func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}

/// A sync that failed, apart from a write that failed.
private struct FailedSync: Error { let cause: FileError }
