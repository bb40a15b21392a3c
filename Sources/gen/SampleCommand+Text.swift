import Compute
import Files
import Foundation
import Models

extension SampleCommand {
  /// Writes texts: a single one to standard output as it comes, several one after the other.
  func sampleText(from trained: TrainedText) throws {
    if let imageFlag {
      throw UsageError("\(imageFlag) is for images, but \(trained.run.name) generates text")
    }
    if json, let path = output.output {
      throw UsageError("--json prints texts on standard output: leave --output \(path) out")
    }
    let file = try Output(output.output ?? "-")
    let count = count ?? 1
    let isStreamed = file.isStandardOutput && count == 1 && !json
    let prompt = try text.readPrompt()
    let result: TextGenerator.Result
    do {
      result = try text.generator(of: trained)(
        prompt, count: count, seed: seed, unknown: text.onUnknown ?? .refuse
      ) { if isStreamed { try writeToStandardOutput($0) } }
    } catch let error as UnknownCharacter {
      throw UsageError("--prompt: \(error); --on-unknown skip leaves such characters out")
    }
    if json {
      return print(
        try jsonLine(
          SampledTexts(
            run: trained.run.name, step: trained.step, seed: seed,
            precision: trained.precision == .float32 ? nil : trained.precision.rawValue,
            texts: result.texts,
            tokens: result.speed.tokens, tokensPerSecond: result.speed.tokensPerSecond)))
    }
    let text = together(result.texts)
    if file.isStandardOutput {
      try writeToStandardOutput((isStreamed ? "" : text) + (endsLine(text) ? "" : "\n"))
    } else {
      try file.writeAndTell(Array(text.utf8))
    }
    writeToStandardError("\(describe(result.speed))\n")
  }

  /// A text as it is; several under a line each that numbers them.
  private func together(_ texts: [String]) -> String {
    guard texts.count > 1 else { return texts[0] }
    return texts.enumerated().map { "--- \($0 + 1) of \(texts.count) ---\n\($1)\n" }
      .joined(separator: "\n")
  }

  private func describe(_ speed: TextSpeed) -> String {
    let reading =
      speed.steps == 0
      ? ""
      : "; \(fixed(Double(speed.weightBytes) / 1e6, 1)) MB of weights read \(speed.steps) times, "
        + "\(fixed(speed.bandwidth / 1e9, 1)) GB a second"
    return
      "\(speed.characters) characters, \(speed.tokens) tokens in \(fixed(speed.seconds, 2)) s: "
      + "\(fixed(speed.tokensPerSecond, 0)) tokens a second\(reading)"
  }

  /// Writes text as it is; to a terminal without what it would obey.
  private func writeToStandardOutput(_ text: String) throws {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    try StandardOutput.write(
      isTerminal ? printable(text.replacing("\r\n", with: "\n")) : text)
  }
}

/// What `gen sample --json` says of texts.
private struct SampledTexts: Encodable {
  let run: String
  let step: Int
  let seed: UInt64
  /// What weights were rounded to; nil for not at all.
  let precision: String?
  let texts: [String]
  let tokens: Int
  let tokensPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case run, step, seed, precision, texts, tokens
    case tokensPerSecond = "tokens_per_second"
  }
}
