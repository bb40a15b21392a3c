import Compute
import Datasets
import Files

/// A text as tokens: the beginning to learn from, and the end held out for validation.
///
/// The text is cut by characters whatever the tokens are, so that figures of all tokenizers are of
/// the same text: of n characters the first Int((1 - heldOut) n) are learned from, as in nanoGPT.
public struct TextData: Sendable {
  /// What the tokens are.
  public let tokenizer: any Tokenizer
  /// The tokens to learn from.
  public let training: TextTokens
  /// The held-out tokens that are predicted: those of the whole part, or of pieces of a long one.
  public let heldOut: [TokenList]
  /// How many characters (Unicode scalars) are learned from.
  public let trainingCharacters: Int
  /// How many characters are held out.
  public let heldOutCharacters: Int
  /// How many characters the held-out tokens that are predicted stand for.
  public let evaluatedCharacters: Int
  /// How many characters to learn from the n-gram counts.
  public let countedCharacters: Int
  /// Some lines from the middle of what is learned from.
  public let excerpt: String
  /// The CRC-32C of the whole text in UTF-8.
  public let contentHash: UInt32
  /// What the n-gram counts and what it predicts, by characters.
  private let counted, predicted: [TokenList]
  private let alphabet: CharacterTokenizer
  private let best = Best()

  /// Reads a text and cuts it in two.
  ///
  /// - Parameters:
  ///   - context: how many tokens a model learns from at a time; each part must have more.
  ///   - tokenizer: of a model that has learned from another text; by default one of the options'
  ///     unit that knows all characters of the whole text.
  /// - Throws: `DatasetError` if the text cannot be read, is too short, has one distinct character
  ///   alone, or has one that the tokenizer does not know.
  public init(
    _ options: TextOptions, context: Int, tokenizer: (any Tokenizer)? = nil
  ) throws(DatasetError) {
    let source = try TextSource(options.source)
    try self.init(source, options, context: context, tokenizer: tokenizer)
  }

  private init(
    _ source: TextSource, _ options: TextOptions, context: Int, tokenizer: (any Tokenizer)?
  ) throws(DatasetError) {
    let characters = source.characterCount
    let learned = Int(Double(characters) * (1 - options.heldOut))
    (trainingCharacters, heldOutCharacters) = (learned, characters - learned)
    contentHash = source.contentHash
    excerpt = try Self.excerpt(of: source, before: learned)
    guard source.alphabet.count > 1, let alphabet = CharacterTokenizer(source.alphabet) else {
      throw DatasetError(
        .damaged, source.name,
        "\(characters) times the same character, from which nothing can be learned")
    }
    self.alphabet = alphabet
    self.tokenizer = tokenizer ?? (options.unit == .byte ? ByteTokenizer() : alphabet)
    let part = TextPart.pieces(of: learned, most: options.countedCharacters)
    let heldOutPart = TextPart.pieces(of: characters - learned, most: options.evaluatedCharacters)
      .map { $0.lowerBound + learned..<$0.upperBound + learned }
    evaluatedCharacters = heldOutPart.reduce(0) { $0 + $1.count }
    countedCharacters = part.reduce(0) { $0 + $1.count }
    do {
      try Self.check(self.tokenizer, source)
      training = try TextTokens(source, characters: 0..<learned, self.tokenizer)
      if training.isInMemory && evaluatedCharacters < heldOutCharacters {
        // What is not predicted must be known, too.
        _ = try Self.encoded([learned..<characters], of: source, by: self.tokenizer)
      }
      heldOut = try Self.encoded(heldOutPart, of: source, by: self.tokenizer)
      counted = try Self.encoded(part, of: source, by: alphabet)
      predicted = try Self.encoded(heldOutPart, of: source, by: alphabet)
    } catch let error as UnknownCharacter {
      throw DatasetError(
        .damaged, source.name, "\(error)\(try Self.unknown(to: self.tokenizer, in: source))")
    } catch let error as DatasetError {
      throw error
    } catch {
      throw DatasetError(.damaged, source.name, "\(error)")
    }
    // Of a part of the held-out text it is not known how many tokens all have, but they are many.
    guard training.count > context && (evaluatedTokens > context || !isEvaluatedWhole) else {
      throw DatasetError(
        .damaged, source.name,
        "too short: \(training.count) tokens to learn from and \(evaluatedTokens) held out, but a "
          + "context of \(context) takes more than that of each; take a longer text or a shorter "
          + "context")
    }
  }

  /// How many held-out tokens are predicted.
  public var evaluatedTokens: Int { heldOut.reduce(0) { $0 + $1.count } }

  /// Whether all held-out characters are predicted, rather than pieces that stand for them.
  public var isEvaluatedWhole: Bool { evaluatedCharacters == heldOutCharacters }

  /// Whether the n-gram counts all characters to learn from.
  public var isCountedWhole: Bool { countedCharacters == trainingCharacters }
}

extension TextData {
  /// The most bytes of a text whose tokens are in memory: 1 GiB.
  private static let mostTokenized = 1 << 30

  /// The characters of an excerpt.
  private static let excerptLength = 1500

  /// The lines in the middle of a text's first characters, as many as are about a page.
  private static func excerpt(
    of source: TextSource, before end: Int
  ) throws(DatasetError) -> String {
    let start = max(0, (end - excerptLength) / 2)
    let text = try source.text(ofCharacters: start..<min(end, start + excerptLength))
    // The first line begins before.
    guard start > 0, let line = text.firstIndex(of: "\n") else { return text }
    return String(text[text.index(after: line)...])
  }

  /// Makes sure that a tokenizer of characters knows all of a text, and that another can take it.
  /// - Throws: `UnknownCharacter`, `DatasetError`.
  private static func check(_ tokenizer: any Tokenizer, _ source: TextSource) throws {
    if tokenizer is ByteTokenizer { return }
    if let known = tokenizer as? CharacterTokenizer {
      guard !Set(source.alphabet).isSubset(of: known.characters) else { return }
      var (first, offset) = (UnknownCharacter?.none, 0)
      try source.forEachPart { part in
        for scalar in part.unicodeScalars where first == nil {
          if !known.knows(scalar) { first = UnknownCharacter(scalar, at: offset) }
          offset += 1
        }
      }
      if let first { throw first }
      return
    }
    guard source.byteCount <= mostTokenized else {
      throw DatasetError(
        .damaged, source.name,
        "has \(source.byteCount) bytes, but a tokenizer of byte pairs takes \(mostTokenized) at "
          + "most; take a shorter text, or train a new model, of characters or bytes")
    }
  }

  /// Which characters of a text a model's tokenizer does not know, and how often each comes.
  private static func unknown(
    to tokenizer: any Tokenizer, in source: TextSource
  ) throws(DatasetError) -> String {
    let unknown = Set(source.alphabet.filter { (try? tokenizer.encode("\($0)")) == nil })
    var counts: [Unicode.Scalar: Int] = [:]
    try source.forEachPart { part in
      for scalar in part.unicodeScalars where unknown.contains(scalar) {
        counts[scalar, default: 0] += 1
      }
    }
    let shown = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(12)
      .map {
        "\(UnknownCharacter.name(of: $0.key)) \($0.value == 1 ? "once" : "\($0.value) times")"
      }
    let others = counts.count - shown.count
    let list = shown.joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
    return """
      ; characters that it does not know: \(list). Take them out of the text, or train a new model, with \
      --set data.unit=byte one that knows all
      """
  }

  /// The tokens of pieces of a text.
  private static func encoded(
    _ pieces: [Range<Int>], of source: TextSource, by tokenizer: any Tokenizer
  ) throws -> [TokenList] {
    try pieces.map { piece in
      let text = try source.text(ofCharacters: piece)
      do throws(UnknownCharacter) {
        return TokenList(try tokenizer.encode(text), vocabulary: tokenizer.count)
      } catch {
        throw UnknownCharacter(error.character, at: error.offset + piece.lowerBound)
      }
    }
  }

  /// How well counting the characters to learn from predicts those held out, by contexts of 0, 1, up to
  /// `longest` characters: nats a character, as ``NGram`` says, whatever the tokens are. Of a long text
  /// a part is counted and a part predicted, the one that models are evaluated with.
  public func baselines(longest: Int = NGram.longestContext) -> [Double] {
    NGram.losses(
      training: counted, heldOut: predicted, vocabulary: alphabet.count, longest: longest)
  }

  /// The n-gram of characters that does best, in nats a character; counted when it is first asked for.
  public var baseline: (context: Int, nats: Double) {
    best.value.withLock { value in
      let best = value ?? NGram.best(of: baselines())
      value = best
      return best
    }
  }

  /// What has been counted is kept for all copies.
  final class Best: Sendable {
    let value = Locked<(context: Int, nats: Double)?>(nil)
  }
}
