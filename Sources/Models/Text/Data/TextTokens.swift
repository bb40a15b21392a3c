import Datasets

/// The tokens of a part of a text. Where they are characters or bytes, they are read from the text as they
/// are asked for; others are in memory.
public struct TextTokens: Sendable {
  private enum Place {
    case characters(TextSource, from: Int, CharacterTokenizer)
    case bytes(TextSource, from: Int)
    case memory(TokenList)
  }

  private let place: Place
  /// How many tokens there are.
  public let count: Int

  /// Tokens in memory.
  init(_ tokens: TokenList) { (place, count) = (.memory(tokens), tokens.count) }

  /// The tokens of those characters of a text.
  /// - Throws: `DatasetError` if the text cannot be read any more; `UnknownCharacter` for a character that a
  ///   tokenizer does not know, other than one of characters: of that it is known that it does.
  init(_ source: TextSource, characters: Range<Int>, _ tokenizer: any Tokenizer) throws {
    switch tokenizer {
    case let tokenizer as CharacterTokenizer:
      place = .characters(source, from: characters.lowerBound, tokenizer)
      count = characters.count
    case is ByteTokenizer:
      let start = try source.byteOffset(ofCharacter: characters.lowerBound)
      place = .bytes(source, from: start)
      count = try source.byteOffset(ofCharacter: characters.upperBound) - start
    default:
      let text = try source.text(ofCharacters: characters)
      let tokens = TokenList(try tokenizer.encode(text), vocabulary: tokenizer.count)
      (place, count) = (.memory(tokens), tokens.count)
    }
  }

  /// Whether they are in memory.
  var isInMemory: Bool { if case .memory = place { true } else { false } }

  /// The tokens at those places.
  /// - Throws: `DatasetError` if a file of the text cannot be read any more, or has changed.
  public subscript(places: Range<Int>) -> [Int32] {
    get throws(DatasetError) {
      switch place {
      case .memory(let tokens): return tokens[places]
      case .bytes(let source, let start):
        return try source.bytes(start + places.lowerBound..<start + places.upperBound)
          .map { Int32($0) }
      case .characters(let source, let start, let tokenizer):
        let text = try source.text(
          ofCharacters: start + places.lowerBound..<start + places.upperBound)
        let tokens = (try? tokenizer.encode(text)) ?? []
        guard tokens.count == places.count else { throw source.change }
        return tokens
      }
    }
  }
}
