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
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
    lines = all.last == "" ? all.count - 1 : all.count
    beginning = all.prefix(min(lines, Self.shownLines)).map { String($0.prefix(500)) }
  }

  /// How long it is, and how it begins. What a terminal would take for a command is left out.
  public func text(_ style: TerminalStyle) -> String {
    let shown = beginning.map { line in
      let visible = line.unicodeScalars.filter { $0.properties.generalCategory != .control }
      return "  | " + String(String.UnicodeScalarView(visible)).prefix(style.columns - 4)
    }
    let more = lines > beginning.count ? ["  | ..."] : []
    return
      (["\(path): text, \(lines) \(lines == 1 ? "line" : "lines"), \(characters) characters"]
      + shown + more)
      .joined(separator: "\n")
  }
}
