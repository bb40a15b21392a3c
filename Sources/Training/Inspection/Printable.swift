/// Text of a file from who knows where, fit for a terminal: control characters, which could recolor it,
/// rename it or type for its user, are shown as \u{1B} and the like, but line ends and tabs are kept.
public func printable(_ text: some StringProtocol) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if scalar.properties.generalCategory == .control, scalar != "\n", scalar != "\t" {
      result.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars)
    } else {
      result.append(scalar)
    }
  }
  return String(result)
}
