/// The lines of a text, without their ends. They end with a line feed, or with a carriage return before
/// it as on Windows, which Swift takes for one character; an end after the last begins no further line.
package func lines(of text: String) -> [String] {
  var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  if lines.last?.isEmpty == true { lines.removeLast() }
  return lines.map { line in
    let isWindows = line.last == UInt8(ascii: "\r")
    return String(decoding: isWindows ? line.dropLast() : line, as: UTF8.self)
  }
}

/// Whether a text ends with the end of a line.
package func endsLine(_ text: String) -> Bool {
  text.utf8.last == UInt8(ascii: "\n")
}

extension String {
  /// The text without white space and ends of lines around it.
  package var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
