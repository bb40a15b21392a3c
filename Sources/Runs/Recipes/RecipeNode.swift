import Files
import Yams

/// A piece of YAML as recipes use it: no anchors, no aliases, no tags, and names for keys.
public indirect enum RecipeNode: Equatable, Sendable {
  /// A word, number or text; `isQuoted` texts are never numbers.
  case scalar(String, isQuoted: Bool)
  /// A list.
  case list([RecipeNode])
  /// A section: keys with their lines and values, in the file's order.
  case section([Member])

  /// A key and its value.
  public struct Member: Equatable, Sendable {
    let key: String
    let line: Int
    let value: RecipeNode
  }

  static let maximumSize = 1 << 20
  static let maximumDepth = 32
  private static let maximumReferences = 16
  /// The longest recipe has two hundred; the parser takes some microseconds for each.
  static let maximumValues = 10_000

  /// Parses YAML text; an empty text is an empty section.
  /// - Throws: `RecipeError` at the place that `origin` makes of a line.
  static func parse(
    _ text: String, _ origin: (_ line: Int) -> RecipeOrigin
  ) throws(RecipeError) -> RecipeNode {
    guard text.utf8.count <= maximumSize else {
      throw origin(1).error("has more than \(maximumSize) bytes")
    }
    // The parser compares keys with their aliases expanded, which takes for ever on a text made for
    // that. A few do no harm, and are refused below; this also counts those in comments.
    guard referenceMarks(text) <= maximumReferences else {
      throw origin(1).error("has anchors or aliases (&name, *name), which recipes do not use")
    }
    guard text.utf8.count(where: \.startsYAMLValue) <= maximumValues else {
      throw origin(1).error("has more than \(maximumValues) lines and values")
    }
    do {
      let parser = try Parser(yaml: text)
      guard let root = try parser.singleRoot() else { return .section([]) }
      // Nodes know their anchors only as long as the parser lives.
      return try withExtendedLifetime(parser) { try RecipeNode(root, depth: 0, origin) }
    } catch let error as RecipeError {
      throw error
    } catch {
      let (line, problem) = place(error)
      throw origin(line).error("is not YAML: \(problem)")
    }
  }

  /// How many words of the text could be an anchor or an alias: a mark with a letter after it, where
  /// a word may start.
  private static func referenceMarks(_ text: String) -> Int {
    let bytes = Array("\n\(text)\n".utf8)
    return bytes.indices.dropFirst().dropLast().count { index in
      guard bytes[index] == UInt8(ascii: "*") || bytes[index] == UInt8(ascii: "&") else {
        return false
      }
      let (before, after) = (bytes[index - 1], bytes[index + 1])
      return (before >= 128 || " \t\r\n[{,:?-".utf8.contains(before))
        && (after == UInt8(ascii: "-") || after == UInt8(ascii: "_")
          || Character(Unicode.Scalar(after)).isLetter || 48...57 ~= after)
    }
  }

  private init(
    _ node: Node, depth: Int, _ origin: (_ line: Int) -> RecipeOrigin
  ) throws(RecipeError) {
    let place = origin(node.mark?.line ?? 1)
    guard depth <= Self.maximumDepth else {
      throw place.error("nests deeper than \(Self.maximumDepth) levels")
    }
    guard node.anchor == nil else {
      throw place.error("has an anchor (&name), which recipes do not use: repeat the value instead")
    }
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain
      self = .scalar(scalar.string, isQuoted: isQuoted)
    case .sequence(let sequence):
      var list: [RecipeNode] = []
      for node in sequence { list.append(try RecipeNode(node, depth: depth + 1, origin)) }
      self = .list(list)
    case .mapping(let mapping):
      var members: [Member] = []
      for (key, value) in mapping {
        guard let name = key.scalar?.string, key.anchor == nil else {
          throw origin(key.mark?.line ?? 1).error("a key must be a plain name")
        }
        let node = try RecipeNode(value, depth: depth + 1, origin)
        members.append(Member(key: name, line: key.mark?.line ?? 1, value: node))
      }
      self = .section(members)
    case .alias: throw place.error("has an alias (*name), which recipes do not use")
    }
  }

  /// What JSON says: its strings are quoted texts, and its other values plain ones.
  init(_ content: JSONContent) {
    switch content {
    case .null: self = .scalar("null", isQuoted: false)
    case .flag(let flag): self = .scalar("\(flag)", isQuoted: false)
    case .number(let digits): self = .scalar(digits, isQuoted: false)
    case .string(let text): self = .scalar(text, isQuoted: true)
    case .array(let elements): self = .list(elements.map { RecipeNode($0) })
    case .object(let members):
      self = .section(
        members.map { Member(key: $0.name, line: $0.line, value: RecipeNode($0.value)) })
    }
  }

  /// The line and the reason of the parser's error.
  private static func place(_ error: any Error) -> (line: Int, problem: String) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return (mark.line, problem)
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
      return (context.mark.line, "the key \(names) comes twice")
    case .reader(let problem, _, _, _): return (1, problem)
    default: return (1, "\(error)")
    }
  }

  /// What this is, for messages.
  var phrase: String {
    switch self {
    case .scalar(let text, let isQuoted): isQuoted ? cited(text) : text.isEmpty ? "empty" : text
    case .list(let nodes):
      "[\(nodes.prefix(20).map(\.phrase).joined(separator: ", "))\(nodes.count > 20 ? ", ..." : "")]"
    case .section: "a section"
    }
  }

  /// The text of a scalar that may be a number or a word of YAML's own.
  var plainText: String? {
    guard case .scalar(let text, isQuoted: false) = self else { return nil }
    return text
  }
}

extension UInt8 {
  /// A line end, a comma or an opening bracket.
  fileprivate var startsYAMLValue: Bool { self == 10 || self == 44 || self == 91 || self == 123 }
}
