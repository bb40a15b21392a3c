import Files

/// A text that belongs to a run: a sample, a command, the names of classes, or a page.
public struct TextInspection: Inspection {
  let kind = "text"
  let path: String
  let bytes: Int
  let characters: Int
  let lines: Int
  /// The first lines.
  let beginning: [String]

  private static let shownLines = 8

  /// Reads a file.
  /// - Throws: `FileError` when it cannot be read, or is no UTF-8.
  public init(path: String) throws {
    let content = try InputFile(path).readAll(limit: 64 << 20)
    guard let text = String(validating: content, as: UTF8.self) else {
      throw FileError(.badData, path, "is not UTF-8 text")
    }
    self.path = path
    bytes = content.count
    characters = text.unicodeScalars.count
    let all = Files.lines(of: text)
    lines = all.count
    beginning = all.prefix(Self.shownLines).map { String($0.prefix(500)) }
  }

  /// How long it is, and how it begins.
  public func text(_ style: TerminalStyle) -> String {
    let shown = beginning.map { line in
      "  | " + oneLine(line).prefix(style.columns - 4)
    }
    let more = lines > beginning.count ? ["  | ..."] : []
    return
      ([
        "\(oneLine(path)): text, \(lines) \(lines == 1 ? "line" : "lines"), \(characters) characters"
      ]
      + shown + more)
      .joined(separator: "\n")
  }
}
