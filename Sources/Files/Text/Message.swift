/// A text for people, in whose literal only the names and values that are put in come from elsewhere:
/// those are escaped, each on one line, unless it is said otherwise.
///
/// ```swift
/// let message: Message = "writing to \(run.path)"        // one line, whatever the path has in it
/// let list: Message = "broken:\n\(lines: description)"   // of several lines
/// let chart: Message = "\(raw: colors)"                  // with escape sequences of ours
/// ```
public struct Message: ExpressibleByStringInterpolation, CustomStringConvertible, Sendable {
  /// The text, fit for a terminal.
  public let description: String

  /// A text of ours.
  public init(stringLiteral text: String) { description = text }

  /// A text of ours with values put in.
  public init(stringInterpolation: StringInterpolation) {
    description = stringInterpolation.text
  }

  /// What a message is put together from.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    /// The beginning of a message.
    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    /// A part of ours, as it is.
    public mutating func appendLiteral(_ literal: String) { text += literal }

    /// A name or a value, on one line.
    public mutating func appendInterpolation(_ value: some Any) { text += oneLine("\(value)") }

    /// A part that was a message already.
    public mutating func appendInterpolation(_ message: Message) { text += message.description }

    /// Several lines of text, such as an error that lists files.
    public mutating func appendInterpolation(lines text: some Any) {
      self.text += printable("\(text)")
    }

    /// A part with escape sequences of our own, in which there is nothing of others.
    public mutating func appendInterpolation(raw text: String) { self.text += text }
  }
}
