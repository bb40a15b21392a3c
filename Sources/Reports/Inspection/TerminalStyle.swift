import CLibrary
import Files
import Images

/// What text is written for: how wide it may be, and whether it may be colored.
public struct TerminalStyle: Sendable {
  /// How many characters fit into a line.
  public let columns: Int
  /// Whether escape sequences for colors are understood and wanted.
  public let isColored: Bool

  /// A style of that kind.
  public init(columns: Int = 80, isColored: Bool = false) {
    (self.columns, self.isColored) = (columns, isColored)
  }

  /// That of standard output: plain and 80 characters wide where it is no terminal, and plain where
  /// NO_COLOR says so (no-color.org).
  public static var standardOutput: TerminalStyle {
    guard isatty(STDOUT_FILENO) == 1 else { return TerminalStyle() }
    return TerminalStyle(
      columns: TerminalSize(of: STDOUT_FILENO).map { min(max($0.columns, 40), 140) } ?? 80,
      isColored: TerminalImage.Colors.ofTerminal != .none)
  }
}

/// Rows of cells in columns, as wide as their longest cell; what a terminal would obey, and what ends a
/// line, is shown escaped.
/// - Parameter numbers: The columns whose cells end below each other.
public func table(_ rows: [[String]], numbers: Set<Int> = []) -> String {
  let rows = rows.map { $0.map { oneLine($0) } }
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    let line = row.enumerated().map { column, cell in
      let space = String(repeating: " ", count: widths[column] - cell.count)
      if numbers.contains(column) { return space + cell }
      return column + 1 == row.count ? cell : cell + space
    }.joined(separator: "  ")
    return line.last == " " ? String(line.reversed().drop { $0 == " " }.reversed()) : line
  }.joined(separator: "\n")
}

/// A text of at most so many characters, without its middle where it is longer.
public func shortened(_ text: String, to count: Int) -> String {
  guard text.count > count else { return text }
  let kept = max(count - 1, 2)
  // Names are told apart by their ends.
  return text.prefix(kept / 3) + "…" + text.suffix(kept - kept / 3)
}
