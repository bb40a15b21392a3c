/// A length of time as people write it: 90s, 10m, 2h, 1h30m.
public struct Budget: RecipeValue, CustomStringConvertible {
  /// Its length in seconds, above 0.
  public let seconds: Double

  /// So many seconds, above 0.
  public init(seconds: Double) { self.seconds = seconds }

  /// The time that `text` says, or nil where it says none: numbers, each with h, m or s.
  public init?(_ text: String) {
    var rest = text[...]
    var sum = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { "0123456789.".contains($0) }
      rest = rest.dropFirst(digits.count)
      guard let number = Double(digits), let unit = rest.popFirst().flatMap({ Self.units[$0] })
      else {
        return nil
      }
      sum += number * unit
    }
    guard sum > 0, sum.isFinite else { return nil }
    seconds = sum
  }

  private static let units: [Character: Double] = ["h": 3600, "m": 60, "s": 1]

  /// The time in seconds: "600s".
  public var description: String {
    seconds == seconds.rounded() && seconds < 1e15 ? "\(Int(seconds))s" : "\(seconds)s"
  }

  /// For messages and the reference.
  public static var typeName: String { "a time such as 90s, 10m or 2h" }

  /// A text that says a time.
  public init?(_ node: RecipeNode) {
    guard let text = String(node) else { return nil }
    self.init(text)
  }

  /// The time in seconds.
  public var yaml: String { description }

  /// The time in seconds, in quotes.
  public var json: String { description.json }
}
