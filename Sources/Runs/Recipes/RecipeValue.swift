// What a protocol asks for is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Files

/// A type that a recipe's keys may have.
public protocol RecipeValue: Equatable, Sendable {
  /// What it is called in messages and in the reference: "a whole number".
  static var typeName: String { get }

  /// The names between which it is a choice; empty where it is none.
  static var choices: [String] { get }

  /// The value that the node says, or nil where it says none.
  init?(_ node: RecipeNode)

  /// The value as YAML on one line, from which `init` makes it again.
  var yaml: String { get }

  /// The value as JSON on one line.
  var json: String { get }
}

extension RecipeValue {
  /// No choice.
  public static var choices: [String] { [] }

  /// Numbers and truth are the same in both.
  public var json: String { yaml }
}

extension Int: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { "a whole number" }

  /// Digits, which underscores may group: 100_000.
  public init?(_ node: RecipeNode) {
    guard let text = node.plainText, let value = Int(text.filter { $0 != "_" }) else { return nil }
    self = value
  }

  /// Its digits.
  public var yaml: String { "\(self)" }
}

extension UInt64: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { "a whole number, not negative" }

  /// Digits, which underscores may group.
  public init?(_ node: RecipeNode) {
    guard let text = node.plainText, let value = UInt64(text.filter { $0 != "_" }) else {
      return nil
    }
    self = value
  }

  /// Its digits.
  public var yaml: String { "\(self)" }
}

extension Double: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { "a number" }

  /// A finite decimal number, with or without an exponent; one that is not normal is zero, as it is to
  /// the processor when that computes.
  public init?(_ node: RecipeNode) {
    // Neither "nan" nor "0x10" is meant as a number here.
    guard let text = node.plainText, text.allSatisfy({ "0123456789+-.eE".contains($0) }),
      let value = Double(text), value.isFinite
    else { return nil }
    self = value.isSubnormal ? 0 : value
  }

  /// The shortest digits that read as this number again.
  public var yaml: String { "\(self)" }
}

extension Float: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { Double.typeName }

  /// A finite decimal number, rounded to the nearest.
  public init?(_ node: RecipeNode) {
    guard let value = Double(node), Float(value).isFinite else { return nil }
    self = Float(value)
  }

  /// The shortest digits that read as this number again.
  public var yaml: String { "\(self)" }
}

extension Bool: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { "true or false" }

  /// The words true and false; neither yes nor on.
  public init?(_ node: RecipeNode) {
    guard let value = node.plainText.flatMap(Bool.init) else { return nil }
    self = value
  }

  /// true or false.
  public var yaml: String { "\(self)" }
}

extension String: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { "text" }

  /// Any scalar but a plain null.
  public init?(_ node: RecipeNode) {
    guard case .scalar(let text, let isQuoted) = node, isQuoted || !isNull(text) else {
      return nil
    }
    self = text
  }

  /// The text, in quotes where it would be read otherwise without.
  public var yaml: String {
    let isPlain = utf8.allSatisfy { byte in
      switch Character(Unicode.Scalar(byte)) {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "/", ".", "-": true
      default: false
      }
    }
    // A hyphen alone, or three in front, would be YAML's own.
    return isPlain && !isNull(self) && !hasPrefix("-") && !hasPrefix(".") ? self : quoted(self)
  }

  /// The text in quotes.
  public var json: String { quoted(self) }
}

extension Optional: RecipeValue where Wrapped: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { "null or \(Wrapped.typeName)" }

  /// Those of the wrapped type.
  public static var choices: [String] { Wrapped.choices }

  /// A plain null, or what the wrapped type reads.
  public init?(_ node: RecipeNode) {
    if let text = node.plainText, isNull(text) {
      self = Self.none
    } else {
      guard let value = Wrapped(node) else { return nil }
      self = value
    }
  }

  /// The value, or null.
  public var yaml: String { self?.yaml ?? "null" }

  /// The value, or null.
  public var json: String { self?.json ?? "null" }
}

extension Array: RecipeValue where Element: RecipeValue {
  /// For messages and the reference.
  public static var typeName: String { "a list, each \(Element.typeName)" }

  /// Those of an element.
  public static var choices: [String] { Element.choices }

  /// A list of what the elements' type reads.
  public init?(_ node: RecipeNode) {
    guard case .list(let nodes) = node else { return nil }
    let elements = nodes.compactMap { Element($0) }
    guard elements.count == nodes.count else { return nil }
    self = elements
  }

  /// The elements in brackets.
  public var yaml: String { "[\(map(\.yaml).joined(separator: ", "))]" }

  /// The elements in brackets.
  public var json: String { "[\(map(\.json).joined(separator: ", "))]" }
}

/// A choice between names: an enumeration of strings.
public protocol RecipeChoice: RecipeValue, CaseIterable, RawRepresentable where RawValue == String {
}

extension RecipeChoice {
  /// For messages and the reference.
  public static var typeName: String { oneOf(choices) }

  /// The names.
  public static var choices: [String] { allCases.map(\.rawValue) }

  /// One of the names.
  public init?(_ node: RecipeNode) {
    guard let text = String(node) else { return nil }
    self.init(rawValue: text)
  }

  /// The name.
  public var yaml: String { rawValue.yaml }

  /// The name in quotes.
  public var json: String { rawValue.json }
}

/// YAML's words for nothing.
private func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

/// Names as a sentence has them: "a, b or c".
package func oneOf(_ names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.joined() }
  return "\(names.dropLast().joined(separator: ", ")) or \(last)"
}
