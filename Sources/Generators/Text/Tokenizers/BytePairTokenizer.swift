/// Byte-pair encoding (Sennrich and others, 2016; on bytes: Radford and others, 2019): tokens are bytes
/// or characters, and pairs of tokens that were frequent where the encoding was learned.
public struct BytePairTokenizer: Tokenizer, Equatable {
  /// What the shortest tokens are.
  public enum Alphabet: Sendable {
    /// Bytes, of words that are encoded one by one.
    case bytes
    /// Characters.
    case characters
  }

  /// Two tokens that become one.
  public struct Merge: Equatable, Sendable {
    /// The tokens.
    public let left, right: Int32
    /// The token of both together.
    public let merged: Int32

    /// Two tokens, and that of both together.
    public init(_ left: Int32, _ right: Int32, into merged: Int32) {
      (self.left, self.right, self.merged) = (left, right, merged)
    }
  }

  /// A text that is always one token, such as `<|endoftext|>`.
  public struct AddedToken: Equatable, Sendable {
    /// The text, which is not empty.
    public let content: String
    /// The token.
    public let token: Int32
    /// Whether it says something about the text and is no part of it.
    public let isSpecial: Bool

    /// A text that is that token.
    public init(_ content: String, token: Int32, isSpecial: Bool = true) {
      (self.content, self.token, self.isSpecial) = (content, token, isSpecial)
    }
  }

  /// What the shortest tokens are.
  public let alphabet: Alphabet
  /// What each token stands for, in UTF-8; nil where a number is not used.
  public let tokens: [[UInt8]?]
  /// What becomes of pairs, the first that was learned first.
  public let merges: [Merge]
  /// Texts that are recognized as a whole.
  public let added: [AddedToken]
  /// Whether bytes are encoded word by word.
  public let splitsWords: Bool
  /// Whether a text is encoded as if a space came before it.
  public let addsSpace: Bool

  private let shortest: [[UInt8]: Int32]
  private let table: [UInt64: MergeQueue.Merge]
  private let addedByByte: [UInt8: [(content: [UInt8], token: Int32)]]

  /// A tokenizer of tokens, which are numbers below `tokens.count`.
  public init(
    alphabet: Alphabet, tokens: [[UInt8]?], merges: [Merge], added: [AddedToken] = [],
    splitsWords: Bool = true, addsSpace: Bool = false
  ) {
    (self.alphabet, self.tokens, self.merges, self.added) = (alphabet, tokens, merges, added)
    (self.splitsWords, self.addsSpace) = (splitsWords, addsSpace)
    let names = Set(added.map(\.token))
    var shortest: [[UInt8]: Int32] = [:]
    for (number, bytes) in tokens.enumerated() {
      guard let bytes, !names.contains(Int32(number)) else { continue }
      let isShortest =
        switch alphabet {
        case .bytes: bytes.count == 1
        case .characters: String(decoding: bytes, as: UTF8.self).unicodeScalars.count == 1
        }
      if isShortest { shortest[bytes] = Int32(number) }
    }
    self.shortest = shortest
    table = Dictionary(
      merges.enumerated().map { rank, merge in
        (
          MergeQueue.key(merge.left, merge.right),
          MergeQueue.Merge(rank: Int32(rank), token: merge.merged)
        )
      }, uniquingKeysWith: { first, _ in first })
    // Of two that begin alike, the longer one is recognized.
    let contents = added.map { (content: Array($0.content.utf8), token: $0.token) }
    addedByByte = Dictionary(grouping: contents.filter { !$0.content.isEmpty }) { $0.content[0] }
      .mapValues { $0.sorted { $0.content.count > $1.content.count } }
  }

  /// The number above the last token's.
  public var count: Int { tokens.count }

  /// What a token stands for; nothing for a number that is not used.
  public func bytes(of token: Int32) -> [UInt8] {
    tokens.indices.contains(Int(token)) ? tokens[Int(token)] ?? [] : []
  }

  /// The tokens of a text.
  /// - Throws: `UnknownCharacter` for the first character that has no tokens, unless such are skipped.
  public func encode(
    _ text: String, unknown: UnknownCharacters
  ) throws(UnknownCharacter) -> [Int32] {
    var encoder = Encoder(self, unknown)
    let bytes = Array(text.utf8)
    var (start, position) = (0, 0)
    while position < bytes.count {
      let rest = bytes[position...]
      let found = addedByByte[bytes[position]]?.first { rest.starts(with: $0.content) }
      guard let found else {
        position += 1
        continue
      }
      try encoder.take(bytes[start..<position])
      encoder.tokens.append(found.token)
      encoder.offset += found.content.reduce(0) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) }
      position += found.content.count
      start = position
    }
    try encoder.take(bytes[start...])
    return encoder.tokens
  }

  /// Tokenizers are the same when what they were made of is.
  public static func == (a: BytePairTokenizer, b: BytePairTokenizer) -> Bool {
    a.alphabet == b.alphabet && a.tokens == b.tokens && a.merges == b.merges && a.added == b.added
      && a.splitsWords == b.splitsWords && a.addsSpace == b.addsSpace
  }
}

extension BytePairTokenizer {
  /// What has been encoded of a text.
  private struct Encoder {
    var tokens: [Int32] = []
    /// How many characters were taken.
    var offset = 0
    private let tokenizer: BytePairTokenizer
    private let unknown: UnknownCharacters
    /// Words come again and again.
    private var known: [ArraySlice<Unicode.Scalar>: [Int32]] = [:]

    init(_ tokenizer: BytePairTokenizer, _ unknown: UnknownCharacters) {
      (self.tokenizer, self.unknown) = (tokenizer, unknown)
    }

    /// Encodes a part of the text that has no added token in it.
    mutating func take(_ bytes: ArraySlice<UInt8>) throws(UnknownCharacter) {
      guard !bytes.isEmpty else { return }
      var text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
      if tokenizer.addsSpace, text[0] != " " {
        text.insert(" ", at: 0)
        offset -= 1
      }
      for piece in pieces(of: text) {
        if let tokens = known[text[piece]] {
          self.tokens += tokens
        } else {
          let (symbols, isComplete) = try symbols(of: text[piece])
          let tokens = MergeQueue.merged(symbols, by: tokenizer.table)
          self.tokens += tokens
          if isComplete { known[text[piece]] = tokens }
        }
        offset += piece.count
      }
    }

    private func pieces(of text: [Unicode.Scalar]) -> [Range<Int>] {
      switch tokenizer.alphabet {
      case .bytes where tokenizer.splitsWords: WordPieces.pieces(of: text)
      // Without merges, every character is a piece.
      case .characters where tokenizer.merges.isEmpty: text.indices.map { $0..<($0 + 1) }
      default: [text.indices]
      }
    }

    /// The shortest tokens of a piece, and whether they are all of it.
    private func symbols(
      of piece: ArraySlice<Unicode.Scalar>
    ) throws(UnknownCharacter) -> (tokens: [Int32], isComplete: Bool) {
      var tokens: [Int32] = []
      var isComplete = true
      for (index, scalar) in zip(piece.indices, piece) {
        let bytes = Array(UTF8.encode(scalar).map(Array.init) ?? [])
        let units = tokenizer.alphabet == .bytes ? bytes.map { [$0] } : [bytes]
        let found = units.compactMap { tokenizer.shortest[$0] }
        if found.count == units.count {
          tokens += found
        } else if unknown == .refuse {
          throw UnknownCharacter(scalar, at: offset + index - piece.startIndex)
        } else {
          isComplete = false
        }
      }
      return (tokens, isComplete)
    }
  }
}
