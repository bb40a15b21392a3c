import CLibrary

/// A file that is open for writing.
public struct OpenFile: Sendable {
  /// Its number in this process.
  public let descriptor: Int32
  /// Where it was opened.
  let place: Place

  /// The open file of that number.
  public init(descriptor: Int32, _ place: Place) {
    (self.descriptor, self.place) = (descriptor, place)
  }

  /// Its path, for messages.
  public var path: String { place.path }

  /// Whether it has no name any more.
  var isRemoved: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink == 0
  }

  /// Makes sure that what is written to it can be found again.
  /// - Throws: `FileError`, lost when the folder that it is in is, or it was removed or replaced itself.
  package func check() throws(FileError) {
    try place.folder?.check()
    guard !isRemoved else {
      throw FileError(
        .lost, path,
        "was removed or replaced while this process wrote to it: nothing more is written")
    }
  }
}

/// Everything that the program does to change the file system.
///
/// All writes that must survive a crash go through it, so that a test can record them, and then try
/// what a crash after any of them would have left on the disk. A change in a folder that is held fails,
/// lost, once the folder is there no more.
public protocol FileOperations: Sendable {
  /// Makes a file, where nothing stands yet, and opens it for writing. Until it is closed it is locked,
  /// so that who clears up leaves it alone.
  func create(_ place: Place) throws(FileError) -> OpenFile

  /// Opens what stands there for writing, cut to nothing if it is a file.
  func overwrite(_ place: Place) throws(FileError) -> OpenFile

  /// Opens a file for writing at its end; makes it if it is not there.
  func openToAppend(_ place: Place) throws(FileError) -> OpenFile

  /// Writes some of `bytes`, from the first on, at the file's position.
  /// - Returns: How many; 0 when a signal came before any.
  func writeSome(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError) -> Int

  /// Gives a new file the owner and the mode of the file at `place`, if there is one; where it cannot
  /// have the owner, that is an error if `keepsOwner`, and otherwise nobody is let in who was not before.
  func copyAccess(
    from place: Place, to file: OpenFile, keepingOwner keepsOwner: Bool
  ) throws(FileError)

  /// Brings the file's content to the disk. After a failure the content is lost: the system may take
  /// what it could not write for written, so trying again proves nothing.
  func sync(_ file: OpenFile) throws(FileError)

  /// Closes the file.
  func close(_ file: OpenFile)

  /// Gives a file or folder another name, in place of the file that has it.
  func rename(_ place: Place, to newPlace: Place) throws(FileError)

  /// Lets two folders of one parent change names, in one move where the file system can. Where it
  /// cannot, and a crash comes between, the first is found under `TemporaryName.aside`.
  func exchange(_ place: Place, with other: Place) throws(FileError)

  /// Makes a folder, where nothing stands yet; its parent must be there.
  func createFolder(_ place: Place) throws(FileError)

  /// Brings the names in the folder to the disk.
  func syncFolder(_ place: Place) throws(FileError)

  /// Removes a file, a link or an empty folder.
  func remove(_ place: Place) throws(FileError)

  /// Makes a symbolic link to `target`, a path as seen from the link's folder.
  func link(_ place: Place, to target: String) throws(FileError)
}

extension FileOperations {
  /// By nothing, where files have no owners.
  public func copyAccess(
    from place: Place, to file: OpenFile, keepingOwner keepsOwner: Bool
  ) throws(FileError) {}

  /// By renames.
  public func exchange(_ place: Place, with other: Place) throws(FileError) {
    try exchangeByRenames(place, with: other)
  }

  /// By three renames, for a moment of which `place` is empty.
  func exchangeByRenames(_ place: Place, with other: Place) throws(FileError) {
    let aside = place.parent / TemporaryName.aside(for: place.lastName)
    try rename(place, to: aside)
    do { try rename(other, to: place) } catch {
      try rename(aside, to: place)
      throw error
    }
    try rename(aside, to: other)
  }

  /// Writes all of `bytes` at the file's position: a call may write less than it was asked for.
  package func write(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError) {
    var rest = bytes[...]
    var interruptions = 0
    while !rest.isEmpty {
      let count = try writeSome(UnsafeRawBufferPointer(rebasing: rest), to: file)
      interruptions = count > 0 ? 0 : interruptions + 1
      guard interruptions < mostInterruptions else {
        throw FileError(.cannotWrite, file.place, cannot: "write to it", code: EINTR)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Writes all of `bytes` at the file's position.
  func write(_ bytes: [UInt8], to file: OpenFile) throws(FileError) {
    try bytes.withUnsafeBufferPointer { buffer throws(FileError) in
      try write(UnsafeRawBufferPointer(buffer), to: file)
    }
  }
}
