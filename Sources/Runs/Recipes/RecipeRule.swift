/// Which values of a key's type are allowed.
public struct RecipeRule<Value: RecipeValue>: Sendable {
  /// What is allowed, to follow the type's name: "1 to 1024"; empty where all is.
  let phrase: String
  let allows: @Sendable (Value) -> Bool

  /// A rule in words and as a test.
  public init(_ phrase: String, allows: @escaping @Sendable (Value) -> Bool) {
    self.phrase = phrase
    self.allows = allows
  }

  /// Every value.
  public static var any: RecipeRule { RecipeRule("") { _ in true } }

  /// One of those.
  public static func among(_ values: Value...) -> RecipeRule {
    RecipeRule(oneOf(values.map(\.yaml))) { values.contains($0) }
  }

  /// Nothing, or what the rule allows.
  public static func orNull<Wrapped>(_ rule: RecipeRule<Wrapped>) -> RecipeRule
  where Value == Wrapped? {
    RecipeRule(rule.phrase) { $0.map(rule.allows) ?? true }
  }

  /// A list in which the rule allows each element.
  public static func each<Element>(_ rule: RecipeRule<Element>) -> RecipeRule
  where Value == [Element] {
    RecipeRule(rule.phrase) { $0.allSatisfy(rule.allows) }
  }
}

extension RecipeRule where Value: Comparable {
  /// Between two values, both allowed.
  public static func `in`(_ range: ClosedRange<Value>) -> RecipeRule {
    RecipeRule("\(range.lowerBound.yaml) to \(range.upperBound.yaml)") { range.contains($0) }
  }

  /// Between two values, the upper one excluded.
  public static func `in`(_ range: Range<Value>) -> RecipeRule {
    RecipeRule("at least \(range.lowerBound.yaml) and below \(range.upperBound.yaml)") {
      range.contains($0)
    }
  }

  /// From a value on.
  public static func atLeast(_ bound: Value) -> RecipeRule {
    RecipeRule("at least \(bound.yaml)") { $0 >= bound }
  }

  /// Greater than a value.
  public static func above(_ bound: Value) -> RecipeRule {
    RecipeRule("above \(bound.yaml)") { $0 > bound }
  }
}
