import CLibrary

extension FileOperations {
  /// Makes a file and brings it to the disk; its name is on the disk once its folder is synced.
  ///
  /// When the sync fails, the file is thrown away and written once more from the start, because the
  /// system may have marked as clean what never reached the disk; so `body` may run twice.
  /// - Returns: The length and checksum of what was written.
  /// - Throws: `FileError`, also where something stands there; what `body` throws. The unfinished file is
  ///   removed.
  @discardableResult
  public func writeSynced(
    _ place: Place, _ body: (FileWriter) throws -> Void
  ) throws -> FileDigest {
    try writeSynced(place, body, then: {})
  }

  private func writeSynced(
    _ place: Place, _ body: (FileWriter) throws -> Void, then finish: () throws -> Void
  ) throws -> FileDigest {
    do { return try writeOnce(place, body, finish) } catch is FailedSync {
      do { return try writeOnce(place, body, finish) } catch let error as FailedSync {
        throw error.cause
      }
    }
  }

  private func writeOnce(
    _ place: Place, _ body: (FileWriter) throws -> Void, _ finish: () throws -> Void
  ) throws -> FileDigest {
    let file = try create(place)
    // Only then its lock goes.
    defer { close(file) }
    do {
      let writer = FileWriter(file, self)
      try body(writer)
      do { try sync(file) } catch { throw FailedSync(cause: error) }
      try finish()
      return writer.digest
    } catch {
      try? remove(place)
      throw error
    }
  }

  /// Puts a file in place whole: whoever looks, now or after a crash, finds the old one or the new
  /// one. A link is followed; what is not a regular file, such as /dev/null, is written directly. The new
  /// file has the old one's owner and mode.
  /// - Parameter keepsOwner: Whether it is an error that the new file cannot have the old one's owner;
  ///   otherwise it is the writer's then.
  /// - Returns: The length and checksum of what was written.
  /// - Throws: `FileError`, and what `body` throws; what was there before stays then.
  @discardableResult
  public func atomicWrite(
    _ place: Place, keepingOwner keepsOwner: Bool = false, _ body: (FileWriter) throws -> Void
  ) throws -> FileDigest {
    if let kind = place.kind(followingLinks: true), kind != .file {
      let file = try overwrite(place)
      defer { close(file) }
      let writer = FileWriter(file, self)
      try body(writer)
      return writer.digest
    }
    let target = place.resolved
    let digest = try build(target.lastName, in: target.parent, for: place) { temporary in
      try writeSynced(temporary) { writer in
        try writer.copyAccess(from: target, keepingOwner: keepsOwner)
        try body(writer)
      } then: {
        try rename(temporary, to: target)
      }
    }
    try syncFolder(target.parent)
    return digest
  }

  /// Puts a file of those bytes in place whole.
  /// - Throws: `FileError`; what was there before stays then.
  public func atomicWrite(_ place: Place, _ bytes: [UInt8]) throws {
    try atomicWrite(place) { try $0.write(bytes) }
  }

  /// Puts a file of that text in place whole, as UTF-8.
  /// - Throws: `FileError`; what was there before stays then.
  public func atomicWrite(_ place: Place, _ text: String) throws {
    try atomicWrite(place, Array(text.utf8))
  }

  /// Does something at a temporary place, whose messages name the place that the caller knows.
  private func build<Result>(
    _ name: String, in folder: Place, for place: Place,
    _ body: (_ temporary: Place) throws -> Result
  ) throws -> Result {
    let temporary = folder / TemporaryName.new(for: name)
    do { return try body(temporary) } catch let error as FileError {
      guard error.path.hasPrefix(temporary.path) else { throw error }
      let rest = error.path.dropFirst(temporary.path.count)
      throw FileError(error.kind, place.path + rest, error.message)
    }
  }

  /// Puts a folder in place whole: whoever looks, now or after a crash, finds all of it or nothing.
  ///
  /// - Parameters:
  ///   - place: Its place.
  ///   - clear: Moves away what stands in its place.
  ///   - body: Fills the folder that it is given, and brings what lies in folders below to the disk.
  /// - Throws: `FileError`, and what the closures throw; the unfinished folder is removed.
  public func atomicFolder(
    _ place: Place, clearing clear: () throws -> Void = {}, _ body: (_ folder: Place) throws -> Void
  ) throws {
    try atomicFolder(place, body) { temporary in
      try clear()
      try rename(temporary, to: place)
    }
  }

  private func atomicFolder(
    _ place: Place, _ body: (_ folder: Place) throws -> Void,
    then finish: (_ temporary: Place) throws -> Void
  ) throws {
    try build(place.lastName, in: place.parent, for: place) { temporary in
      try createFolder(temporary)
      do {
        try body(temporary)
        try syncFolder(temporary)
        try finish(temporary)
      } catch {
        try? removeTree(temporary)
        throw error
      }
    }
    try syncFolder(place.parent)
  }

  /// Makes a folder whole, or not at all, where nothing stands yet.
  /// - Throws: `FileError` when something does, or the folder cannot be made; what `body` throws.
  public func newFolder(_ place: Place, _ body: (_ folder: Place) throws -> Void) throws {
    guard place.kind() == nil else {
      throw FileError(
        .cannotCreate, place.path, "is there already: remove it, or name another folder")
    }
    try atomicFolder(place, body)
  }

  /// Puts a folder in place whole, or another in the place of the one that stands there: whoever looks
  /// finds all of the old one or all of the new one.
  /// - Throws: `FileError`, and what `body` throws; what was there before stays then.
  public func replaceFolder(_ place: Place, _ body: (_ folder: Place) throws -> Void) throws {
    guard place.kind() != nil else { return try atomicFolder(place, body) }
    var old: Place?
    try atomicFolder(place, body) { temporary in
      try exchange(place, with: temporary)
      old = temporary
    }
    if let old { try removeTree(old) }
  }

  /// Makes a link, or lets one that is there point elsewhere, in one move.
  /// - Throws: `FileError`.
  public func atomicLink(_ place: Place, to target: String) throws(FileError) {
    let temporary = place.parent / TemporaryName.new(for: place.lastName)
    try link(temporary, to: target)
    do { try rename(temporary, to: place) } catch {
      try? remove(temporary)
      throw error
    }
    try syncFolder(place.parent)
  }

  /// Makes a folder and those above it that are not there, and brings their names to the disk.
  /// - Throws: `FileError`.
  public func createFolders(_ place: Place) throws(FileError) {
    guard place.kind(followingLinks: true) != .folder else { return }
    let parent = place.parent
    if parent.path != place.path { try createFolders(parent) }
    do { try createFolder(place) } catch {
      // Another process may have been faster.
      guard place.kind(followingLinks: true) == .folder else { throw error }
    }
    try syncFolder(parent)
  }

  /// Removes a file, or a folder with all that is in it; links are removed, not followed.
  /// - Throws: `FileError`.
  public func removeTree(_ place: Place) throws(FileError) {
    if place.kind() == .folder { try removeContents(place) }
    try remove(place)
  }

  /// Removes all that is in a folder, its lock last.
  /// - Throws: `FileError`.
  package func removeContents(_ folder: Place) throws(FileError) {
    let names = try folder.contents()
    for name in names where name != HeldFolder.lockName { try removeTree(folder / name) }
    if names.contains(HeldFolder.lockName) { try remove(folder / HeldFolder.lockName) }
  }

  /// Removes a folder with all that is in it; no half of it is ever seen in its place.
  /// - Throws: `FileError`.
  public func discardFolder(_ place: Place) throws(FileError) {
    let dead = place.parent / TemporaryName.new(for: place.lastName)
    try rename(place, to: dead)
    try syncFolder(place.parent)
    try removeTree(dead)
  }

  /// Removes a folder that this process holds with all that is in it; no half of it is ever seen in its place. What a
  /// kill leaves is unfinished, and has a lock that its process has written its number into.
  /// - Throws: `FileError`; nothing is removed where a name in it is not UTF-8.
  public func discard(_ folder: HeldFolder) throws(FileError) {
    let path = folder.path
    if let name = try BytePath(path).firstUnnamed() {
      throw FileError(
        .cannotWrite, name.escaped, "its name is not UTF-8: rename or remove it, then try again")
    }
    let dead = Place(path).parent / TemporaryName.new(for: lastComponent(of: path))
    try rename(Place(path), to: dead)
    folder.isNow(at: dead.path)
    guard folder.path == dead.path else {
      try rename(dead, to: Place(path))
      throw FileError(.lost, path, "another folder has taken its name: nothing was removed")
    }
    try syncFolder(dead.parent)
    try removeContents(folder.place)
    try remove(dead)
  }

  /// Removes the folders that a process which is no more has left unfinished in a folder that this one
  /// holds, and brings back what stood aside.
  /// - Parameter isOurs: Whether what would be called so is only made by who holds the folder.
  /// - Throws: `FileError`.
  public func removeUnfinishedFolders(
    in folder: Place, _ isOurs: (_ name: String) -> Bool
  ) throws(FileError) {
    for name in try folder.contents() where (folder / name).kind() == .folder {
      if let original = TemporaryName.originalName(of: name), isOurs(original) {
        guard (folder / original).kind() != nil else {
          try rename(folder / name, to: folder / original)
          continue
        }
      } else {
        guard let final = TemporaryName.finalName(of: name), isOurs(final) else { continue }
      }
      try removeTree(folder / name)
    }
  }

  /// Removes the files and links of a folder that a process which is no more has left unfinished there.
  /// - Throws: `FileError`.
  public func removeUnfinishedFiles(in folder: Place) throws(FileError) {
    for name in try folder.contents() where TemporaryName.finalName(of: name) != nil {
      let place = folder / name
      switch place.kind() {
      case .link?: try remove(place)
      case .file?:
        guard let file = try? InputFile(place), file.lock() else { continue }
        defer { withExtendedLifetime(file) {} }
        try remove(place)
      default: break
      }
    }
  }
}

extension SystemFiles {
  /// Puts a file that somebody has named in place whole, as for a place.
  /// - Throws: `FileError`, and what `body` throws; what was there before stays then.
  @discardableResult
  public func atomicWrite(
    _ path: String, _ body: (FileWriter) throws -> Void
  ) throws -> FileDigest {
    try atomicWrite(Place(path), body)
  }

  /// Puts a file of those bytes in place whole, as for a place.
  /// - Throws: `FileError`; what was there before stays then.
  public func atomicWrite(_ path: String, _ bytes: [UInt8]) throws {
    try atomicWrite(Place(path), bytes)
  }

  /// Puts a file of that text in place whole, as for a place.
  /// - Throws: `FileError`; what was there before stays then.
  public func atomicWrite(_ path: String, _ text: String) throws {
    try atomicWrite(Place(path), text)
  }

  /// Makes a folder and those above it that are not there, as for a place.
  /// - Throws: `FileError`.
  public func createFolders(_ path: String) throws(FileError) { try createFolders(Place(path)) }
}

/// A sync that failed, apart from a write that failed.
private struct FailedSync: Error { let cause: FileError }
