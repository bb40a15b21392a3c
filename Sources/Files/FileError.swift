import CLibrary

/// What went wrong with a file: which one, why, and what kind of failure that is.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The kind of failure, by which a command chooses its exit status.
  public enum Kind: Sendable {
    /// The input is not there, or may not be opened (exit status 66).
    case missing
    /// The output cannot be created (73).
    case cannotCreate
    /// Reading failed midway (74).
    case cannotRead
    /// Writing failed midway: the disk is full, or broken (74).
    case cannotWrite
    /// The content is not what it must be (65).
    case badData
    /// Another process holds it (75).
    case locked
    /// The folder that this process writes to is there no more (74): nothing can be written to it, now or
    /// later.
    case lost
  }

  /// The kind of failure.
  public let kind: Kind
  /// The file or folder.
  public let path: String
  /// What is wrong with it, without the path.
  public let message: String

  /// A failure with a message of its own.
  public init(_ kind: Kind, _ path: String, _ message: String) {
    self.kind = kind
    self.path = path
    self.message = message
  }

  /// A failed system call: `action` completes "cannot ...", `code` is its errno.
  public init(_ kind: Kind, _ path: String, cannot action: String, code: Int32 = errno) {
    // What is there, but cannot be opened as too many files are, is not missing.
    let kind = kind == .missing && [EMFILE, ENFILE].contains(code) ? .cannotRead : kind
    self.init(kind, path, "cannot \(action): \(String(cString: strerror(code)))")
  }

  /// A failed system call at a place, as for a path; in a held folder that is gone, that is why it failed.
  init(_ kind: Kind, _ place: Place, cannot action: String, code: Int32 = errno) {
    do throws(FileError) {
      try place.folder?.check()
      // To ask where a held folder is changes errno.
      self.init(kind, place.path, cannot: action, code: code)
    } catch { self = error }
  }

  /// The path and the message.
  public var description: String { "\(oneLine(path)): \(message)" }
}
