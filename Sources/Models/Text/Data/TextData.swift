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
  public let training: [Int32]
  /// The tokens held out.
  public let heldOut: [Int32]
  /// How many characters (Unicode scalars) the held-out tokens stand for.
  public let heldOutCharacters: Int
  /// The CRC-32C of the whole text in UTF-8.
  public let contentHash: UInt32
  /// The whole text.
  let text: String
  /// Where its held-out part begins.
  let cut: String.Index
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
    text = source.text
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
      training = try self.tokenizer.encode(String(source.text[..<cut]))
      do throws(UnknownCharacter) {
        heldOut = try self.tokenizer.encode(String(source.text[cut...]))
      } catch {
        throw UnknownCharacter(error.character, at: error.offset + learned)
      }
    } catch {
      throw DatasetError(
        .damaged, source.name,
        "\(error)\(Self.unknown(to: self.tokenizer, in: alphabet.characters, of: source.text))")
    }
    guard min(training.count, heldOut.count) > context else {
      throw DatasetError(
        .damaged, source.name,
        "too short: \(training.count) tokens to learn from and \(heldOut.count) held out, but a "
          + "context of \(context) takes more than that of each; take a longer text or a shorter "
          + "context")
    }
  }
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

  /// How well counting the characters of the part to learn from predicts those held out, by contexts
  /// of 0, 1, up to `longest` characters: nats a character, as ``NGram`` says, whatever the tokens are.
  public func baselines(longest: Int = NGram.longestContext) -> [Double] {
    let alphabet = CharacterTokenizer(of: text)
    func tokens(_ part: Substring) -> [Int32] {
      (try? alphabet.encode(String(part), unknown: .skip)) ?? []
    }
    return NGram.losses(
      training: tokens(text[..<cut]), heldOut: tokens(text[cut...]), vocabulary: alphabet.count,
      longest: longest)
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
