import Files

/// A recipe, or what the command line changes in one, that cannot be used.
public struct RecipeError: Error, Equatable, CustomStringConvertible {
  /// Whose fault it is, by which a command chooses its exit status.
  public enum Kind: Sendable {
    /// The command line's (exit status 64).
    case usage
    /// The file's (65).
    case data
  }

  /// Whose fault it is.
  public let kind: Kind
  /// Where: "FILE:LINE" or "--set KEY=VALUE".
  public let place: String
  /// What is wrong, and what would be right.
  public let message: String

  /// The place and the message, on one line.
  public var description: String { oneLine("\(place): \(message)") }
}

/// Values that do not go together, though each is in its range.
public struct RecipeProblem: Error, Equatable, CustomStringConvertible {
  /// The key to blame, such as "model.channels".
  public let key: String
  /// What is wrong, and what would be right.
  public let message: String

  /// A problem with that key.
  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }

  /// The key and the message, on one line.
  public var description: String { oneLine("\(key): \(message)") }
}

/// Where a value comes from, for messages.
enum RecipeOrigin: Equatable {
  case file(String, line: Int)
  case commandLine(String)

  func error(_ message: String) -> RecipeError {
    switch self {
    case .file(let name, let line):
      RecipeError(kind: .data, place: "\(name):\(line)", message: message)
    case .commandLine(let words): RecipeError(kind: .usage, place: words, message: message)
    }
  }
}
