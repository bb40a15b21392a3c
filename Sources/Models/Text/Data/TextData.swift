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
  public let training: TokenList
  /// The held-out tokens that are predicted: those of the whole part, or of pieces of a long one.
  public let heldOut: [TokenList]
  /// How many characters (Unicode scalars) are learned from.
  public let trainingCharacters: Int
  /// How many characters are held out.
  public let heldOutCharacters: Int
  /// How many characters the held-out tokens that are predicted stand for.
  public let evaluatedCharacters: Int
  /// The CRC-32C of the whole text in UTF-8.
  public let contentHash: UInt32
  /// The whole text.
  private let text: String
  /// Where its held-out part begins.
  private let cut: String.Index
  private let options: TextOptions
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
    let scalars = source.text.unicodeScalars
    let characters = scalars.count
    let learned = Int(Double(characters) * (1 - options.heldOut))
    (text, self.options) = (source.text, options)
    trainingCharacters = learned
    cut = scalars.index(scalars.startIndex, offsetBy: learned)
    heldOutCharacters = characters - learned
    contentHash = CRC32C(of: source.text.utf8).value
    let alphabet = CharacterTokenizer(of: source.text)
    guard alphabet.count > 1 else {
      throw DatasetError(
        .damaged, source.name,
        "\(characters) times the same character, from which nothing can be learned")
    }
    let fitting: any Tokenizer = options.unit == .byte ? ByteTokenizer() : alphabet
    self.tokenizer = tokenizer ?? fitting
    do throws(UnknownCharacter) {
      let count = self.tokenizer.count
      training = TokenList(
        try self.tokenizer.encode(String(source.text[..<cut])), vocabulary: count)
      do throws(UnknownCharacter) {
        // What is not predicted must be known, too.
        _ = try self.tokenizer.encode(String(source.text[cut...]))
        heldOut = try Self.encoded(
          source.text[cut...], characters: heldOutCharacters, most: options.evaluatedCharacters,
          by: self.tokenizer)
      } catch {
        throw UnknownCharacter(error.character, at: error.offset + learned)
      }
    } catch {
      throw DatasetError(
        .damaged, source.name,
        "\(error)\(Self.unknown(to: self.tokenizer, in: alphabet.characters, of: source.text))")
    }
    evaluatedCharacters = TextPart.count(
      of: heldOutCharacters, most: options.evaluatedCharacters)
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

  /// How many characters to learn from the n-gram counts.
  public var countedCharacters: Int {
    TextPart.count(of: trainingCharacters, most: options.countedCharacters)
  }

  /// Whether the n-gram counts all characters to learn from.
  public var isCountedWhole: Bool { countedCharacters == trainingCharacters }
}

extension TextData {
  /// Which characters of a text a model's tokenizer does not know, and how often each comes.
  private static func unknown(
    to tokenizer: any Tokenizer, in alphabet: [Unicode.Scalar], of text: String
  ) -> String {
    let unknown = Set(alphabet.filter { (try? tokenizer.encode("\($0)")) == nil })
    var counts: [Unicode.Scalar: Int] = [:]
    for scalar in text.unicodeScalars where unknown.contains(scalar) {
      counts[scalar, default: 0] += 1
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

  /// The tokens of at most `most` characters of a part of the text, piece by piece.
  private static func encoded(
    _ part: Substring, characters: Int, most: Int?, by tokenizer: any Tokenizer
  ) throws(UnknownCharacter) -> [TokenList] {
    let scalars = part.unicodeScalars
    var (place, index) = (0, scalars.startIndex)
    var lists: [TokenList] = []
    for piece in TextPart.pieces(of: characters, most: most) {
      let start = scalars.index(index, offsetBy: piece.lowerBound - place)
      index = scalars.index(start, offsetBy: piece.count)
      place = piece.upperBound
      let tokens = try tokenizer.encode(String(scalars[start..<index]))
      lists.append(TokenList(tokens, vocabulary: tokenizer.count))
    }
    return lists
  }

  /// How well counting the characters to learn from predicts those held out, by contexts of 0, 1, up to
  /// `longest` characters: nats a character, as ``NGram`` says, whatever the tokens are. Of a long text
  /// a part is counted and a part predicted, the one that models are evaluated with.
  public func baselines(longest: Int = NGram.longestContext) -> [Double] {
    let alphabet = CharacterTokenizer(of: text)
    func tokens(_ part: Substring, _ characters: Int, most: Int?) -> [TokenList] {
      (try? Self.encoded(part, characters: characters, most: most, by: alphabet)) ?? []
    }
    return NGram.losses(
      training: tokens(text[..<cut], trainingCharacters, most: options.countedCharacters),
      heldOut: tokens(text[cut...], heldOutCharacters, most: options.evaluatedCharacters),
      vocabulary: alphabet.count, longest: longest)
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
