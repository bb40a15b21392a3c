import CLibrary

/// How many characters a terminal shows.
public struct TerminalSize: Sendable {
  /// Characters of a line.
  public let columns: Int
  /// Lines.
  public let rows: Int

  /// That of the terminal behind a file descriptor; nil where there is none, or it does not say.
  public init?(of descriptor: Int32) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    (columns, rows) = (Int(size.ws_col), Int(size.ws_row))
  }
}

extension TerminalImage.Colors {
  /// What the environment says that terminals show: nothing where NO_COLOR is set (no-color.org), or
  /// TERM is dumb or missing; any color where COLORTERM is truecolor or 24bit; and otherwise the palette,
  /// which nearly all terminals know.
  public static var ofTerminal: Self {
    func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    guard value("NO_COLOR") == nil, let kind = value("TERM"), kind != "dumb" else { return .none }
    return ["truecolor", "24bit"].contains(value("COLORTERM")) ? .exact : .palette
  }
}

extension TerminalImage {
  /// An image for standard output: as wide as its terminal, or 80 columns where it is none, with the
  /// colors that the environment tells of.
  /// - Parameter spare: How many lines of the terminal are left free; nil where it may scroll.
  public static func forStandardOutput(_ image: Image, spare: Int? = nil) -> String {
    let size = TerminalSize(of: STDOUT_FILENO)
    let rows = spare.flatMap { spare in size.map { max($0.rows - spare, 4) } }
    return text(
      of: image, columns: size?.columns ?? 80, rows: rows ?? ImageLimits.side, colors: .ofTerminal)
  }

  /// A grid of images for standard output: all of them, in rows no wider than its terminal, or 80 columns where it is
  /// none.
  public static func forStandardOutput(_ images: [Image], gridColumns: Int) -> String {
    text(
      of: images, gridColumns: gridColumns, columns: TerminalSize(of: STDOUT_FILENO)?.columns ?? 80,
      colors: .ofTerminal)
  }
}
