#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is open for writing.
public struct OpenFile: Equatable, Sendable {
  /// Its number in this process.
  public let descriptor: Int32
  /// Where it was opened.
  public let path: String

  /// The open file of that number.
  public init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }
}

/// Everything that the program does to change the file system.
///
/// All writes that must survive a crash go through it, so that a test can record them, and then try
/// what a crash after any of them would have left on the disk.
public protocol FileOperations: Sendable {
  /// Opens an empty file for writing, a new one or the one there was, cut to nothing.
  func create(_ path: String) throws(FileError) -> OpenFile

  /// Opens a file for writing at its end; makes it if it is not there.
  func openToAppend(_ path: String) throws(FileError) -> OpenFile

  /// Writes some of `bytes`, from the first on, at the file's position.
  /// - Returns: How many; 0 when a signal came before any.
  func writeSome(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError) -> Int

  /// Brings the file's content to the disk. After a failure the content is lost: the system may take
  /// what it could not write for written, so trying again proves nothing.
  func sync(_ file: OpenFile) throws(FileError)

  /// Closes the file.
  func close(_ file: OpenFile)

  /// Gives a file or folder another name, in place of the file that has it.
  func rename(_ path: String, to newPath: String) throws(FileError)

  /// Lets two folders of one parent change names, in one move where the file system can. Where it
  /// cannot, and a crash comes between, the first is found under its name and ".old".
  func exchange(_ path: String, with other: String) throws(FileError)

  /// Makes a folder; its parent must be there.
  func createFolder(_ path: String) throws(FileError)

  /// Brings the names in the folder to the disk.
  func syncFolder(_ path: String) throws(FileError)

  /// Removes a file, a link or an empty folder.
  func remove(_ path: String) throws(FileError)

  /// Makes a symbolic link to `target`, a path as seen from the link's folder.
  func link(_ path: String, to target: String) throws(FileError)
}

extension FileOperations {
  /// By renames.
  public func exchange(_ path: String, with other: String) throws(FileError) {
    try exchangeByRenames(path, with: other)
  }

  /// By three renames, for a moment of which `path` does not stand.
  func exchangeByRenames(_ path: String, with other: String) throws(FileError) {
    let aside = "\(path).old"
    try rename(path, to: aside)
    do { try rename(other, to: path) } catch {
      try rename(aside, to: path)
      throw error
    }
    try rename(aside, to: other)
  }

  /// Writes all of `bytes` at the file's position: a call may write less than it was asked for.
  func write(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError) {
    var rest = bytes[...]
    var interruptions = 0
    while !rest.isEmpty {
      let count = try writeSome(UnsafeRawBufferPointer(rebasing: rest), to: file)
      interruptions = count > 0 ? 0 : interruptions + 1
      guard interruptions < mostInterruptions else {
        throw FileError(.cannotWrite, file.path, cannot: "write to it", code: EINTR)
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
