/// Text from who knows where, fit for a terminal: control characters, which could recolor it, rename it
/// or type for its user, and those that turn the direction of writing are shown as \u{1B} and the like;
/// line ends and tabs are kept.
public func printable(_ text: some StringProtocol) -> String {
  escaped(text) { $0.isUnprintable && $0 != "\n" && $0 != "\t" }
}

/// The same on one line, as a name within a message or a table's cell must be: what ends a line is
/// shown, too.
public func oneLine(_ text: some StringProtocol) -> String {
  escaped(text) { $0.isUnprintable }
}

private func escaped(
  _ text: some StringProtocol, where isUnwanted: (Unicode.Scalar) -> Bool
) -> String {
  // Nearly all text is fit as it is.
  guard text.unicodeScalars.contains(where: isUnwanted) else { return String(text) }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if isUnwanted(scalar) {
      result.append(contentsOf: Escape.spelled(scalar))
    } else {
      result.append(scalar)
    }
  }
  return String(result)
}

extension Unicode.Scalar {
  /// Whether a terminal obeys the character instead of showing it, or ends a line there, or shows what
  /// follows in another direction.
  package var isUnprintable: Bool {
    // Letters, digits and signs first, for speed.
    if value >= 0x20 && value < 0x7F { return false }
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    default: return properties.isBidiControl
    }
  }
}
