import Compute

/// Writes texts with a language model, token by token.
///
/// A text depends on the prompt, the seed and its number alone, whatever others are written beside it. It
/// ends before a stop string, before a token that ends texts, or after so many tokens, whatever is first.
public struct TextGenerator {
  /// What predicts the next token.
  public let model: any LanguageModel
  /// What the tokens stand for.
  public let tokenizer: any Tokenizer
  /// How tokens are sampled.
  public var sampling = TokenSampling()
  /// How many tokens a text has at most after the prompt.
  public var length = 500
  /// A text ends before the first of these that it would have after the prompt.
  public var stops: [String] = []

  /// The most texts that are written side by side.
  public static let batch = 64

  /// A writer with that model and its tokenizer.
  public init(_ model: any LanguageModel, _ tokenizer: any Tokenizer) {
    (self.model, self.tokenizer) = (model, tokenizer)
  }

  /// Texts, and what it took to write them.
  public struct Result: Sendable {
    /// The prompt and what follows it, of each text.
    public let texts: [String]
    /// How fast they were written.
    public let speed: TextSpeed
  }

  /// Writes the first `count` texts of a seed; more of them are the same and others.
  ///
  /// - Parameters:
  ///   - prompt: what all texts begin with. An empty one lets the model begin as after the token that
  ///     texts begin after; where none is known as after a newline, or as after token 0 where no token
  ///     is a newline. That is no part of the text.
  ///   - unknown: what happens to characters of the prompt that no token stands for.
  ///   - tell: what to do with the first text as it comes, the prompt included: whole characters.
  /// - Throws: `UnknownCharacter`, `SamplingError` if a setting is out of its range.
  public func callAsFunction(
    _ prompt: String, count: Int = 1, seed: UInt64, unknown: UnknownCharacters = .refuse,
    tell: (String) throws -> Void = { _ in }
  ) throws -> Result {
    try sampling.check()
    guard count >= 1, length >= 1 else {
      throw SamplingError(
        "\(count) texts of length \(length), but there must be 1 at least of each")
    }
    guard stops.allSatisfy({ !$0.isEmpty }) else {
      throw SamplingError("a stop string is empty, but must have a character at least")
    }
    let begun = try tokenizer.encode(prompt, unknown: unknown)
    let beginning = tokenizer.text(ofPrompt: begun)
    try tell(beginning)
    var speed = TextSpeed(weightBytes: model.weightBytes)
    var texts: [String] = []
    for first in stride(from: 0, to: count, by: Self.batch) {
      texts += try write(
        first..<min(first + Self.batch, count), begun.isEmpty ? [beforeAll] : begun, seed: seed,
        &speed, tell: { if first == 0 { try tell($0) } })
    }
    return Result(texts: texts.map { beginning + $0 }, speed: speed)
  }

  /// What the model is told to have come before a text without prompt.
  private var beforeAll: Int32 {
    if let token = tokenizer.limits?.beginning { return token }
    let tokens = (try? tokenizer.encode("\n", unknown: .skip)) ?? []
    return tokens.count == 1 ? tokens[0] : 0
  }

  /// Writes the texts of those numbers side by side: what follows the prompt.
  private func write(
    _ numbers: Range<Int>, _ prompt: [Int32], seed: UInt64, _ speed: inout TextSpeed,
    tell: (String) throws -> Void
  ) throws -> [String] {
    let decoder = model.decoder(batch: numbers.count)
    var logits = decoder.take(prompt)
    var texts = numbers.map { _ in TextAssembler(stops: stops) }
    let ends = Set(tokenizer.limits?.ends ?? [])
    var latest = numbers.map { _ in Array(prompt.suffix(TokenSampling.repeatWindow)) }
    let started = ContinuousClock.now
    for number in 0..<MemoryPlan.rounds(length) {
      let columns = logits.shape[1]
      for (row, text) in numbers.enumerated() where !texts[row].isStopped {
        let scores = UnsafeBufferPointer(start: logits.pointer + row * columns, count: columns)
        let token = try sampling.token(
          from: scores, after: latest[row], seed: seed, text: text, number: number)
        latest[row] = latest[row].suffix(TokenSampling.repeatWindow - 1) + [token]
        let told =
          ends.contains(token) ? texts[row].stop() : texts[row].add(tokenizer.bytes(of: token))
        if row == 0 { try tell(told) }
        speed.tokens += 1
      }
      if number + 1 == length || texts.allSatisfy(\.isStopped) { break }
      // A text that has ended goes on unheard until the others have.
      logits = decoder.next(latest.map { $0[$0.count - 1] })
      speed.steps += 1
    }
    speed.seconds += (ContinuousClock.now - started) / .seconds(1)
    try tell(texts[0].end())
    speed.characters += texts.reduce(0) { $0 + $1.text.unicodeScalars.count }
    return texts.map(\.text)
  }
}

/// How fast texts were written, what it took to read their prompt apart.
public struct TextSpeed: Equatable, Sendable {
  /// How many tokens were sampled, in all texts.
  public internal(set) var tokens = 0
  /// How many characters (Unicode scalars) they are.
  public internal(set) var characters = 0
  /// How often the model was asked for the next token of a batch: each time it reads its weights once.
  public internal(set) var steps = 0
  /// How long that took, drawing included.
  public internal(set) var seconds = 0.0
  /// The bytes of the model's weights.
  public let weightBytes: Int

  init(weightBytes: Int) { self.weightBytes = weightBytes }

  /// Tokens a second.
  public var tokensPerSecond: Double { Double(tokens) / max(seconds, 1e-9) }

  /// At what rate weights were read, in bytes a second.
  public var bandwidth: Double { Double(weightBytes) * Double(steps) / max(seconds, 1e-9) }
}
