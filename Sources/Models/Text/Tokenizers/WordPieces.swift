/// The pieces of a text that GPT-2 encodes one by one: a word, a number or some signs, each with the
/// space before it; an English contraction; or white space.
///
/// They are what this pattern finds, one after the other (Radford and others, 2019):
///
/// ```
/// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// ```
struct WordPieces {
  private let scalars: [Unicode.Scalar]
  private let kinds: [Kind]

  /// What the pattern tells apart.
  private enum Kind { case letter, number, space, sign }

  private static let contractions = ["s", "t", "re", "ve", "m", "ll", "d"].map {
    Array($0.unicodeScalars)
  }

  /// The pieces of a text, in order; together they are all of it.
  static func pieces(of text: [Unicode.Scalar]) -> [Range<Int>] {
    let words = WordPieces(text)
    var pieces: [Range<Int>] = []
    var start = 0
    while start < text.count {
      let end = words.end(ofPieceFrom: start)
      pieces.append(start..<end)
      start = end
    }
    return pieces
  }

  private init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    kinds = scalars.map(Self.kind)
  }

  private func end(ofPieceFrom start: Int) -> Int {
    if scalars[start] == "'" {
      let rest = scalars[(start + 1)...]
      if let word = Self.contractions.first(where: { rest.starts(with: $0) }) {
        return start + 1 + word.count
      }
    }
    guard kinds[start] == .space else { return endOfRun(from: start) }
    if scalars[start] == " ", start + 1 < kinds.count, kinds[start + 1] != .space {
      return endOfRun(from: start + 1)
    }
    // The last of several spaces before a word is left to the word.
    let end = endOfRun(from: start)
    return end == kinds.count || end == start + 1 ? end : end - 1
  }

  /// Where characters of the kind at `start` end.
  private func endOfRun(from start: Int) -> Int {
    var end = start + 1
    while end < kinds.count, kinds[end] == kinds[start] { end += 1 }
    return end
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    switch scalar {
    case "a"..."z", "A"..."Z": return .letter
    case "0"..."9": return .number
    default: break
    }
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return .sign
    }
  }
}
