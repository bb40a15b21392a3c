import Files

/// What is wrong with an image's file, and which file it is.
public struct ImageError: Error, Equatable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Kind: Equatable, Sendable {
    /// No file is there.
    case missing
    /// It is not a file, or it may not be read.
    case unreadable
    /// It is of no format that is read.
    case unrecognized
    /// It begins as an image, but is cut short or was changed.
    case damaged
    /// It is over a limit of ``ImageLimits``.
    case tooLarge
    /// It is a kind of image that is not read, or that the format cannot hold.
    case unsupported
    /// The file cannot be written.
    case unwritable
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The file, as the caller named it.
  public let name: String
  /// What is wrong, and what would be right.
  public let problem: String

  init(_ kind: Kind, _ name: String, _ problem: String) {
    self.kind = kind
    self.name = name
    self.problem = problem
  }

  /// A file that could not be read.
  init(_ error: FileError, at path: BytePath) {
    let isThere = (try? FileKind(path)) != nil
    self.init(isThere ? .unreadable : .missing, error.path, error.message)
  }

  /// The file and what is wrong with it, on one line.
  public var description: String { "\(oneLine(name)): \(problem)" }
}
