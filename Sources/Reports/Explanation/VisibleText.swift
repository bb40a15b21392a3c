/// Text in which white space and what else cannot be seen is shown.
enum VisibleText {
  /// The text of a token's bytes; bytes that are no text of their own are shown as numbers.
  static func of(_ bytes: [UInt8]) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return bytes.map { byte in
        let digits = String(byte, radix: 16, uppercase: true)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
      }.joined()
    }
    return text.unicodeScalars.map(symbol).joined()
  }

  private static func symbol(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case " ": return "\u{2423}"
    case "\n": return "\u{21b5}"
    case "\t": return "\u{21e5}"
    case "\r": return "\u{240d}"
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse, .unassigned, .surrogate, .spaceSeparator,
      .lineSeparator, .paragraphSeparator:
      return "U+" + String(scalar.value, radix: 16, uppercase: true)
    // An accent alone is set on a circle.
    case .nonspacingMark, .enclosingMark, .spacingMark: return "\u{25cc}\(scalar)"
    default: return "\(scalar)"
    }
  }
}
