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

  /// What becomes of characters that the vocabulary does not have, where it says so.
  public struct Unknown: Equatable, Sendable {
    /// The token that stands for them.
    public let token: Int32
    /// Whether one stands for several in a row.
    public let isFused: Bool

    /// A token that stands for what is not known.
    public init(_ token: Int32, isFused: Bool = false) {
      (self.token, self.isFused) = (token, isFused)
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
  /// What stands for characters that the vocabulary does not have; nil where nothing does.
  public var unknown: Unknown?
  /// The tokens that are put before each text.
  public var before: [Int32] = []
  /// The tokens that are put after each text.
  public var after: [Int32] = []
  /// What begins and ends texts.
  public var limits: TextLimits?

  private let shortest: [[UInt8]: Int32]
  private let table: [UInt64: MergeQueue.Merge]
  /// Those of the added texts that are looked for first, and those that are in what is left.
  private let early, late: AddedTokenFinder

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
    early = AddedTokenFinder(added.filter { !$0.matching.isLate })
    late = AddedTokenFinder(added.filter(\.matching.isLate))
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
    encoder.tokens = before
    for part in early.parts(of: Array(text.utf8)[...]) {
      switch part {
      case .token(let token, let bytes): encoder.take(token, bytes)
      case .other(let bytes):
        for part in late.parts(of: bytes) {
          switch part {
          case .token(let token, let bytes): encoder.take(token, bytes)
          case .other(let bytes): try encoder.take(bytes)
          }
        }
      }
    }
    return encoder.tokens + after
  }

  /// The text that a prompt's tokens stand for, without what is put before and after each text.
  public func text(ofPrompt tokens: [Int32]) -> String {
    text(of: tokens.dropFirst(before.count).dropLast(after.count))
  }

  /// Tokenizers are the same when what they were made of is.
  public static func == (a: BytePairTokenizer, b: BytePairTokenizer) -> Bool {
    a.alphabet == b.alphabet && a.tokens == b.tokens && a.merges == b.merges && a.added == b.added
      && a.splitsWords == b.splitsWords && a.addsSpace == b.addsSpace && a.unknown == b.unknown
      && a.before == b.before && a.after == b.after
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

    /// Takes in a text that is one token.
    mutating func take(_ token: Int32, _ bytes: ArraySlice<UInt8>) {
      tokens.append(token)
      offset += bytes.count { $0 & 0xc0 != 0x80 }
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
      case .characters where tokenizer.merges.isEmpty && tokenizer.unknown?.isFused != true:
        text.indices.map { $0..<($0 + 1) }
      default: [text.indices]
      }
    }

    /// The shortest tokens of a piece, and whether they are all of it.
    private func symbols(
      of piece: ArraySlice<Unicode.Scalar>
    ) throws(UnknownCharacter) -> (tokens: [Int32], isComplete: Bool) {
      var tokens: [Int32] = []
      var (isComplete, endsUnknown) = (true, false)
      for (index, scalar) in zip(piece.indices, piece) {
        let bytes = Array(UTF8.encode(scalar).map(Array.init) ?? [])
        let units = tokenizer.alphabet == .bytes ? bytes.map { [$0] } : [bytes]
        let found = units.map { tokenizer.shortest[$0] }
        if let standIn = tokenizer.unknown {
          for token in found {
            if token != nil || !(standIn.isFused && endsUnknown) {
              tokens.append(token ?? standIn.token)
            }
            endsUnknown = token == nil
          }
        } else if !found.contains(nil) {
          tokens += found.compactMap(\.self)
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
