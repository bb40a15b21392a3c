/// What there is to say about a file or a folder that the program writes.
public protocol Inspection: Encodable, Sendable {
  /// It in words and tables, for a terminal.
  func text(_ style: TerminalStyle) -> String
}
