extension BytePairTokenizer {
  /// A text that is always one token, such as `<|endoftext|>`.
  public struct AddedToken: Equatable, Sendable {
    /// The text, which is not empty.
    public let content: String
    /// The token.
    public let token: Int32
    /// Whether it says something about the text and is no part of it.
    public var isSpecial = true
    /// How it is found in a text.
    public var matching = Matching()

    /// A text that is that token.
    public init(
      _ content: String, token: Int32, isSpecial: Bool = true, matching: Matching = Matching()
    ) {
      (self.content, self.token, self.isSpecial) = (content, token, isSpecial)
      self.matching = matching
    }
  }

  /// How a text that is one token is found in others.
  public struct Matching: Equatable, Sendable {
    /// Whether white space before it is a part of it.
    public var takesSpaceBefore = false
    /// Whether white space after it is a part of it.
    public var takesSpaceAfter = false
    /// Whether it is found as a word of its own alone.
    public var isWord = false
    /// Whether it is looked for in what the others have left.
    public var isLate = false

    /// It is found wherever it stands, and it alone is the token.
    public init() {}
  }
}

/// Finds texts that are tokens as a whole: the first in a text, and of those that begin there the
/// longest.
struct AddedTokenFinder: Sendable {
  private struct Entry {
    let content: [UInt8]
    let token: BytePairTokenizer.AddedToken
  }

  private let entries: [UInt8: [Entry]]

  init(_ tokens: [BytePairTokenizer.AddedToken]) {
    let all = tokens.map { Entry(content: Array($0.content.utf8), token: $0) }
    entries = Dictionary(grouping: all.filter { !$0.content.isEmpty }) { $0.content[0] }
      .mapValues { $0.sorted { $0.content.count > $1.content.count } }
  }

  /// A part of a text.
  enum Part {
    /// What is no such token.
    case other(ArraySlice<UInt8>)
    /// A token, with the bytes that it stands for.
    case token(Int32, ArraySlice<UInt8>)
  }

  /// The parts of a text, in order.
  func parts(of bytes: ArraySlice<UInt8>) -> [Part] {
    var parts: [Part] = []
    var (start, position) = (bytes.startIndex, bytes.startIndex)
    while position < bytes.endIndex {
      let rest = bytes[position...]
      guard let entry = entries[bytes[position]]?.first(where: { rest.starts(with: $0.content) })
      else {
        position += 1
        continue
      }
      var (from, to) = (position, position + entry.content.count)
      position = to
      let matching = entry.token.matching
      if matching.isWord {
        let isInWord =
          bytes[..<from].lastScalar?.isInWords == true
          || bytes[to...].firstScalar?.isInWords == true
        if isInWord { continue }
      }
      if matching.takesSpaceBefore {
        while from > start, let scalar = bytes[start..<from].lastScalar,
          scalar.properties.isWhitespace
        { from -= UTF8.width(scalar) }
      }
      if matching.takesSpaceAfter {
        while let scalar = bytes[to...].firstScalar, scalar.properties.isWhitespace {
          to += UTF8.width(scalar)
        }
      }
      if start < from { parts.append(.other(bytes[start..<from])) }
      parts.append(.token(entry.token.token, bytes[from..<to]))
      (start, position) = (to, to)
    }
    if start < bytes.endIndex { parts.append(.other(bytes[start...])) }
    return parts
  }
}

extension ArraySlice<UInt8> {
  /// The first character of a text in UTF-8.
  fileprivate var firstScalar: Unicode.Scalar? {
    String(decoding: prefix(4), as: UTF8.self).unicodeScalars.first
  }

  /// The last character of a text in UTF-8.
  fileprivate var lastScalar: Unicode.Scalar? {
    guard let start = suffix(4).lastIndex(where: { $0 & 0xc0 != 0x80 }) else { return nil }
    return self[start...].firstScalar
  }
}

extension Unicode.Scalar {
  /// Whether regular expressions take it for a part of a word (Unicode's UTS 18, annex C).
  fileprivate var isInWords: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
    default: properties.isAlphabetic || properties.isJoinControl
    }
  }
}
