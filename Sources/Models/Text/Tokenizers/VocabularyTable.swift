import Files

/// What a tokenizer's file says about its tokens, as it is being read.
struct VocabularyTable {
  private let alphabet: BytePairTokenizer.Alphabet
  /// The tokens that were added, with their numbers.
  private(set) var added: [BytePairTokenizer.AddedToken] = []
  private var tokens: [[UInt8]?] = []
  private var merges: [BytePairTokenizer.Merge] = []
  /// The numbers of tokens, by how the file spells them in UTF-8.
  private var numbers: [[UInt8]: Int32] = [:]

  /// More tokens than any vocabulary has.
  private static let most = 1 << 20

  /// A token's number.
  static func number(_ node: JSONNode) throws(FileError) -> Int32 {
    let number = try node.natural()
    guard number < most else { throw node.error("is \(number), but must be below \(most)") }
    return Int32(number)
  }

  /// A token that a file adds; its number may follow from the vocabulary.
  struct Addition {
    let content: String
    var number: Int32?
    var isSpecial: Bool
    var matching = BytePairTokenizer.Matching()
    /// Whether it is added only if the vocabulary has it.
    var isOptional = false
  }

  /// The tokens of an object of numbers, and those that are added, of which the last says what becomes
  /// of a text that comes twice. One that the vocabulary has keeps its number there, another has its own
  /// where that is free, or else the next one.
  init(
    _ vocabulary: JSONNode, _ alphabet: BytePairTokenizer.Alphabet, _ additions: [Addition]
  ) throws(FileError) {
    self.alphabet = alphabet
    for (name, node) in try vocabulary.members() {
      let number = try Self.number(node)
      let spelling = Array(name.utf8)
      numbers[spelling] = number
      // What cannot be spelled in bytes stands for itself.
      let bytes = alphabet == .bytes ? ByteAlphabet.bytes(spelledBy: name) ?? spelling : spelling
      guard set(number, bytes) else {
        throw node.error("is \(number), as another token is already")
      }
    }
    for addition in additions {
      let content = Array(addition.content.utf8)
      if addition.isOptional && numbers[content] == nil { continue }
      let free = addition.number.flatMap { isFree($0) ? $0 : nil }
      let number = numbers[content] ?? free ?? Int32(tokens.count)
      guard number < Self.most else {
        throw vocabulary.error("has no room for the added token \(number)")
      }
      _ = set(number, content, replacing: true)
      let token = BytePairTokenizer.AddedToken(
        addition.content, token: number, isSpecial: addition.isSpecial, matching: addition.matching)
      added.removeAll { $0.content.utf8.elementsEqual(addition.content.utf8) }
      added.append(token)
      numbers[content] = number
    }
    guard !tokens.isEmpty else { throw vocabulary.error("is empty") }
  }

  private func isFree(_ number: Int32) -> Bool {
    number >= tokens.count || tokens[Int(number)] == nil
  }

  private mutating func set(_ number: Int32, _ bytes: [UInt8], replacing: Bool = false) -> Bool {
    let missing = Int(number) + 1 - tokens.count
    if missing > 0 { tokens += [[UInt8]?](repeating: nil, count: missing) }
    guard replacing || tokens[Int(number)] == nil else { return false }
    tokens[Int(number)] = bytes
    return true
  }

  /// Reads merges: pairs of tokens as arrays or, with a space between, as text.
  mutating func read(_ merges: JSONNode) throws(FileError) {
    for node in try merges.elements() {
      var pair: [[UInt8]] = []
      if node.isArray {
        for part in try node.elements() { pair.append(Array(try part.text().utf8)) }
      } else {
        pair = Self.pair(of: Array(try node.text().utf8)[...])
      }
      guard pair.count == 2 else { throw node.error("is not a pair of tokens") }
      if let problem = add(pair) { throw node.error(problem) }
    }
  }

  /// Reads the lines of a `merges.txt`.
  mutating func readLines(_ path: String) throws(FileError) {
    let bytes = try InputFile(path).readAll(limit: 16 << 20)
    guard bytes.count(where: { $0 == UInt8(ascii: "\n") }) < Self.most else {
      throw FileError(.badData, path, "has more than \(Self.most) lines")
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty || index == 0 && line.starts(with: "#version".utf8) { continue }
      let pair = Self.pair(of: line)
      guard pair.count == 2 else {
        throw FileError(.badData, path, "line \(index + 1) is not a pair of tokens")
      }
      if let problem = add(pair) {
        throw FileError(.badData, path, "line \(index + 1) \(problem)")
      }
    }
  }

  private static func pair(of line: ArraySlice<UInt8>) -> [[UInt8]] {
    line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
      .map(Array.init)
  }

  /// Takes a merge in, or says why not.
  private mutating func add(_ pair: [[UInt8]]) -> String? {
    for part in pair + [pair[0] + pair[1]] where numbers[part] == nil {
      return "needs the token \(String(decoding: part, as: UTF8.self).json), "
        + "which the vocabulary does not have"
    }
    guard let left = numbers[pair[0]], let right = numbers[pair[1]],
      let merged = numbers[pair[0] + pair[1]]
    else { return nil }
    merges.append(BytePairTokenizer.Merge(left, right, into: merged))
    return nil
  }

  /// The number of the token that is spelled so; nil where there is none.
  func number(of content: String) -> Int32? { numbers[Array(content.utf8)] }

  /// The plainest tokenizer that does it.
  func tokenizer(
    _ split: TokenizerParts.Split, unknown: BytePairTokenizer.Unknown? = nil,
    before: [Int32] = [], after: [Int32] = []
  ) -> any Tokenizer {
    let isPlain =
      merges.isEmpty && added.isEmpty && unknown == nil && before.isEmpty && after.isEmpty
    func complete(_ tokenizer: BytePairTokenizer) -> BytePairTokenizer {
      var tokenizer = tokenizer
      (tokenizer.unknown, tokenizer.before, tokenizer.after) = (unknown, before, after)
      return tokenizer
    }
    switch split {
    case .none, .characters:
      let characters = tokens.compactMap { token -> Unicode.Scalar? in
        let scalars = String(decoding: token ?? [], as: UTF8.self).unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
      }
      if isPlain, characters.count == tokens.count,
        let tokenizer = CharacterTokenizer(characters)
      {
        return tokenizer
      }
      return complete(
        BytePairTokenizer(
          alphabet: alphabet, tokens: tokens, merges: split == .characters ? [] : merges,
          added: added))
    case .bytes(let addsSpace), .words(let addsSpace):
      let isBytes = tokens == (UInt8.min...UInt8.max).map { [$0] }
      if isPlain, isBytes, !addsSpace { return ByteTokenizer() }
      return complete(
        BytePairTokenizer(
          alphabet: alphabet, tokens: tokens, merges: merges, added: added,
          splitsWords: split == .words(addsSpace: addsSpace), addsSpace: addsSpace))
    }
  }
}
