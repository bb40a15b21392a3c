import Files
import Models

/// What is in a tokenizer's file.
public struct TokenizerInspection: Inspection {
  let kind = "tokenizer"
  let path: String
  /// What tokens are: "characters", "bytes" or "byte pairs".
  let unit: String
  let tokens: Int
  /// Some of them, shown as `VisibleText` does.
  let examples: [String]

  private static let mostExamples = 40

  /// Reads a file.
  /// - Throws: `FileError` when it cannot be read, or is none.
  public init(path: String) throws {
    let tokenizer = try TokenizerFile(path: path).tokenizer
    self.path = path
    tokens = tokenizer.count
    unit =
      tokenizer is CharacterTokenizer
      ? "characters" : tokenizer is ByteTokenizer ? "bytes" : "byte pairs"
    let (all, count) = (tokenizer.count, min(tokenizer.count, Self.mostExamples))
    examples = (0..<count).map { place in
      VisibleText.of(tokenizer.bytes(of: Int32(place * all / count)))
    }
  }

  /// How many tokens there are, and some of them.
  public func text(_ style: TerminalStyle) -> String {
    var lines = ["\(oneLine(path)): a tokenizer, \(tokens) \(unit)", " "]
    for example in examples {
      if lines[lines.count - 1].count + example.count + 1 > style.columns { lines.append(" ") }
      lines[lines.count - 1] += " " + example
    }
    return lines.joined(separator: "\n")
  }
}
