/// A token for each byte of a text's UTF-8: whatever the text, there are 256, and none is unknown.
public struct ByteTokenizer: Tokenizer, Equatable {
  /// What begins and ends texts.
  public var limits: TextLimits?

  /// A tokenizer of bytes.
  public init() {}

  /// 256.
  public var count: Int { 256 }

  /// The bytes of a text's UTF-8.
  public func encode(
    _ text: String, unknown: UnknownCharacters
  ) throws(UnknownCharacter) -> [Int32] {
    text.utf8.map { Int32($0) }
  }

  /// The byte that a token is; a character may take several.
  public func bytes(of token: Int32) -> [UInt8] { [UInt8(token)] }
}
