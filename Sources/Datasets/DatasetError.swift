import Files
import Images

/// What is wrong with a data set, where, and what would be right.
public struct DatasetError: Error, Equatable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Kind: Equatable, Sendable {
    /// Nothing is there: neither a file or folder, nor an installed data set of that name.
    case missing
    /// Something is there that cannot be used.
    case damaged
    /// Images of different sizes are there, and none is given to bring them to.
    case severalSizes
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The file, folder or name, as the caller gave it.
  public let name: String
  /// What is wrong, and what would be right.
  public let problem: String
  /// The files of a folder that cannot be read, if that is the trouble.
  public let brokenFiles: [BrokenFile]

  package init(
    _ kind: Kind, _ name: String, _ problem: String, brokenFiles: [BrokenFile] = []
  ) {
    self.kind = kind
    self.name = name
    self.problem = problem
    self.brokenFiles = brokenFiles
  }

  init(_ error: ImageError) {
    self.init(error.kind == .missing ? .missing : .damaged, error.name, error.problem)
  }

  /// The name and what is wrong with it; a line for each of the first broken files.
  public var description: String { "\(oneLine(name)): \(problem)" }
}

/// A file that cannot be read as an image, or as text.
public struct BrokenFile: Equatable, Sendable, Codable, CustomStringConvertible {
  /// The path within the folder, escaped: on one line, and bytes that are no UTF-8 as \xE9.
  public let path: String
  /// Why it cannot be read.
  public let reason: String

  /// The path and the reason.
  public var description: String { "\(path): \(reason)" }
}

extension [BrokenFile] {
  /// In the order of the paths' bytes, as images are.
  var sortedByPath: [BrokenFile] {
    sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }
}

extension InputFile {
  /// Opens a regular file of at most `limit` bytes.
  static func opened(_ path: String, limit: Int) throws(DatasetError) -> InputFile {
    try opened(BytePath(path), limit: limit)
  }

  /// Opens a regular file of at most `limit` bytes.
  static func opened(_ path: BytePath, limit: Int) throws(DatasetError) -> InputFile {
    do throws(FileError) {
      let file = try InputFile(path)
      try file.checkSize(limit: limit)
      return file
    } catch {
      let isThere = (try? FileKind(path)) != nil
      throw DatasetError(isThere ? .damaged : .missing, error.path, error.message)
    }
  }

  /// The file's first bytes, so many or as many as there are.
  func read(_ count: Int) throws(DatasetError) -> [UInt8] {
    do { return try first(count) } catch {
      throw DatasetError(.damaged, error.path, error.message)
    }
  }
}

/// The result of a call into Images, whose errors become ours.
func naming<Success>(_ body: () throws(ImageError) -> Success) throws(DatasetError) -> Success {
  do { return try body() } catch { throw DatasetError(error) }
}
