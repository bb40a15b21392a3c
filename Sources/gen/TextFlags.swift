import ArgumentParser
import Compute
import Files
import Models

/// The flags of `gen sample` that only models of text have a use for.
struct TextFlags: ParsableArguments {
  @Option(help: ArgumentHelp("The prompt; - reads it from standard input.", valueName: "text"))
  var prompt: String?

  @Option(
    help: ArgumentHelp("A file with the prompt, as it is.", valueName: "file"),
    completion: .file())
  var promptFile: String?

  @Option(help: ArgumentHelp("Tokens to generate; 500 by default.", valueName: "n"))
  var length: Int?

  @Option(
    help: ArgumentHelp(
      "Sampling temperature; 0 takes the likeliest token. 0.8 by default.",
      valueName: "x"))
  var temperature: Double?

  @Option(help: ArgumentHelp("Sample among so many of the likeliest tokens.", valueName: "n"))
  var topK: Int?

  @Option(
    help: ArgumentHelp(
      "Draw among the fewest tokens whose probabilities reach this sum.", valueName: "p"))
  var topP: Double?

  @Option(
    help: ArgumentHelp(
      "Draw among tokens at least so likely as this part of the likeliest.", valueName: "p"))
  var minP: Double?

  @Option(
    help: ArgumentHelp(
      "Divide the logits of the last 64 tokens; above 1 repeats less.", valueName: "x"))
  var repeatPenalty: Double?

  @Option(
    help: ArgumentHelp(
      "End before this text; may be given several times.", valueName: "text"))
  var stop: [String] = []

  @Option(
    help: ArgumentHelp(
      "What to do with characters of the prompt that are not in the vocabulary.",
      valueName: "what"))
  var onUnknown: UnknownCharacters?

  @Option(
    help: ArgumentHelp(
      "How weights are held: bfloat16 and int8 are read faster. float32 by default.",
      valueName: "type"))
  var precision: WeightPrecision?

  func validate() throws {
    if let length, !(1...100_000_000).contains(length) {
      throw ValidationError("--length is \(length), but must be 1 to 100000000")
    }
    if stop.contains("") {
      throw ValidationError("--stop is empty, but must have a character at least")
    }
    if prompt != nil && promptFile != nil {
      throw ValidationError("--prompt and --prompt-file are both the prompt: give one of them")
    }
    if onUnknown != nil && prompt == nil && promptFile == nil {
      throw ValidationError("--on-unknown is for characters of the prompt: name it with --prompt")
    }
    do { try sampling.check() } catch { throw ValidationError("--\(error)") }
  }

  /// The first of the flags that were given; nil where there is none.
  var first: String? {
    let given: [(String, Bool)] = [
      ("--prompt", prompt != nil), ("--prompt-file", promptFile != nil),
      ("--length", length != nil),
      ("--temperature", temperature != nil), ("--top-k", topK != nil), ("--top-p", topP != nil),
      ("--min-p", minP != nil), ("--repeat-penalty", repeatPenalty != nil),
      ("--stop", !stop.isEmpty), ("--on-unknown", onUnknown != nil),
      ("--precision", precision != nil),
    ]
    return given.first { $0.1 }?.0
  }

  /// The most bytes of a prompt: far more than any context has.
  private static let mostPrompt = 1 << 26

  /// The prompt, from wherever it comes; empty where there is none.
  /// - Throws: `FileError` when it cannot be read or is no UTF-8.
  func readPrompt() throws -> String {
    guard promptFile != nil || prompt == "-" else { return prompt ?? "" }
    let bytes =
      try promptFile.map { try InputFile($0).readAll(limit: Self.mostPrompt) }
      ?? StandardInput.readAll(limit: Self.mostPrompt)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileError(
        .badData, promptFile ?? StandardInput.name, "is no UTF-8, as a prompt must be")
    }
    return text
  }

  /// How tokens are sampled.
  private var sampling: TokenSampling {
    var sampling = TokenSampling()
    if let temperature { sampling.temperature = temperature }
    sampling.topK = topK
    if let topP { sampling.topP = topP }
    if let minP { sampling.minP = minP }
    if let repeatPenalty { sampling.repeatPenalty = repeatPenalty }
    return sampling
  }

  /// What writes texts as the flags say.
  func generator(of text: TrainedText) -> TextGenerator {
    var generator = TextGenerator(text.model, text.tokenizer)
    generator.sampling = sampling
    generator.stops = stop
    if let length { generator.length = length }
    return generator
  }
}

extension UnknownCharacters: ExpressibleByArgument {}
extension WeightPrecision: ExpressibleByArgument {}
