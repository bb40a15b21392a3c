/// What turns text into the tokens that a language model learns, and tokens into text.
public protocol Tokenizer: Sendable {
  /// How many tokens there are; they are the numbers below.
  var count: Int { get }

  /// What begins and ends texts; nil where nothing is known of that.
  var limits: TextLimits? { get set }

  /// The tokens of a text.
  /// - Throws: `UnknownCharacter` for the first character that no token stands for, unless such are
  ///   skipped.
  func encode(_ text: String, unknown: UnknownCharacters) throws(UnknownCharacter) -> [Int32]

  /// What a token stands for, in UTF-8: one character, a part of one, or several.
  func bytes(of token: Int32) -> [UInt8]

  /// The text that a prompt's tokens stand for, without what encoding has put before and after it.
  func text(ofPrompt tokens: [Int32]) -> String
}

/// The tokens between which a model has learned texts.
public struct TextLimits: Equatable, Sendable {
  /// What a text without a prompt begins after; it is no part of the text.
  public var beginning: Int32?
  /// What ends a text; it is no part of it.
  public var ends: [Int32]

  /// Those tokens.
  public init(beginning: Int32? = nil, ends: [Int32] = []) {
    (self.beginning, self.ends) = (beginning, ends)
  }
}

/// What happens to characters that a tokenizer does not know.
public enum UnknownCharacters: String, CaseIterable, Sendable {
  /// They are an error.
  case refuse
  /// They are left out.
  case skip
}

extension Tokenizer {
  /// The tokens of a text that it knows all characters of.
  /// - Throws: `UnknownCharacter`.
  public func encode(_ text: String) throws(UnknownCharacter) -> [Int32] {
    try encode(text, unknown: .refuse)
  }

  /// The text that a prompt's tokens stand for.
  public func text(ofPrompt tokens: [Int32]) -> String { text(of: tokens) }

  /// The text that tokens stand for; what is no UTF-8 in it becomes U+FFFD.
  public func text(of tokens: some Sequence<Int32>) -> String {
    String(decoding: tokens.flatMap(bytes), as: UTF8.self)
  }
}

/// A character that a model has never seen.
public struct UnknownCharacter: Error, Equatable, CustomStringConvertible {
  /// The character.
  public let character: Unicode.Scalar
  /// How many characters of the text come before it.
  public let offset: Int

  /// A character at that place of a text.
  public init(_ character: Unicode.Scalar, at offset: Int) {
    (self.character, self.offset) = (character, offset)
  }

  /// Which it is, and where.
  public var description: String {
    let (name, code) = (Self.name(of: character), Self.code(of: character))
    let shown = name == code ? code : "\(name), \(code)"
    return "character \(offset + 1) is \(shown), which the model has never seen"
  }

  /// A character in quotes, or its code where it cannot be seen.
  static func name(of character: Unicode.Scalar) -> String {
    let isShown = !character.properties.isWhitespace && character.value >= 32
    return isShown ? "\"\(character)\"" : code(of: character)
  }

  private static func code(of character: Unicode.Scalar) -> String {
    let code = String(character.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
  }
}
