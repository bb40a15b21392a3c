/// A token for each character, by which is meant each Unicode scalar.
public struct CharacterTokenizer: Tokenizer {
  /// The character of each token.
  public let characters: [Unicode.Scalar]
  /// What begins and ends texts.
  public var limits: TextLimits?
  /// The token of each code point up to the highest; -1 where there is none.
  private let tokens: [Int32]

  /// The characters of a text, in the order of their code points.
  public init(of text: String) {
    self.init(unchecked: Set(text.unicodeScalars).sorted())
  }

  /// Those characters, in that order; nil if one comes twice.
  public init?(_ characters: [Unicode.Scalar]) {
    guard Set(characters).count == characters.count else { return nil }
    self.init(unchecked: characters)
  }

  private init(unchecked characters: [Unicode.Scalar]) {
    var tokens = [Int32](
      repeating: -1, count: characters.map { Int($0.value) + 1 }.max() ?? 0)
    for (token, scalar) in characters.enumerated() { tokens[Int(scalar.value)] = Int32(token) }
    self.characters = characters
    self.tokens = tokens
  }

  /// How many characters there are.
  public var count: Int { characters.count }

  /// Whether there is a token of a character.
  func knows(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < tokens.count && tokens[Int(scalar.value)] >= 0
  }

  /// The token of each character of a text.
  public func encode(
    _ text: String, unknown: UnknownCharacters
  ) throws(UnknownCharacter) -> [Int32] {
    var found: [Int32] = []
    found.reserveCapacity(text.utf8.count)
    var offset = 0
    for scalar in text.unicodeScalars {
      let value = Int(scalar.value)
      let token = value < tokens.count ? tokens[value] : -1
      if token >= 0 {
        found.append(token)
      } else if unknown == .refuse {
        throw UnknownCharacter(scalar, at: offset)
      }
      offset += 1
    }
    return found
  }

  /// The character of a token in UTF-8.
  public func bytes(of token: Int32) -> [UInt8] {
    Array(UTF8.encode(characters[Int(token)]) ?? .init())
  }
}

extension CharacterTokenizer: Equatable {
  /// Whether tokens stand for the same characters.
  public static func == (left: CharacterTokenizer, right: CharacterTokenizer) -> Bool {
    left.characters == right.characters
  }
}
