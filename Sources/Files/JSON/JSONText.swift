/// JSON of values that say how they are encoded: keys in order, numbers in their shortest form, and
/// those that are not finite as the texts "inf", "-inf" and "nan".
public enum JSONText {
  /// On one line.
  /// - Throws: what the value throws.
  public static func line(of value: some Encodable) throws -> String {
    try content(of: value, keys: .same).line
  }

  /// On a line for each member, with a line's end after the last.
  /// - Throws: what the value throws.
  public static func indented(
    _ value: some Encodable, keys: JSONNode.KeyStyle = .same
  ) throws -> [UInt8] {
    Array((try content(of: value, keys: keys).indented(by: "") + "\n").utf8)
  }

  private static func content(
    of value: some Encodable, keys: JSONNode.KeyStyle
  ) throws -> JSONContent {
    let node = JSONBuilder()
    try JSONNodeEncoder(node: node, codingPath: [], keys: keys).encode(value)
    return node.content
  }
}

extension JSONContent {
  private var members: [JSONMember] {
    guard case .object(let members) = self else { return [] }
    return members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  fileprivate var line: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .number(let digits): digits
    case .string(let text): quoted(text)
    case .array(let elements): "[\(elements.map(\.line).joined(separator: ","))]"
    case .object:
      "{\(members.map { "\(quoted($0.name)):\($0.value.line)" }.joined(separator: ","))}"
    }
  }

  fileprivate func indented(by margin: String) -> String {
    let inner = margin + "  "
    func block(_ open: String, _ lines: [String], _ close: String) -> String {
      lines.isEmpty
        ? "\(open)\n\n\(margin)\(close)"
        : "\(open)\n\(lines.map { inner + $0 }.joined(separator: ",\n"))\n\(margin)\(close)"
    }
    return switch self {
    case .array(let elements): block("[", elements.map { $0.indented(by: inner) }, "]")
    case .object:
      block("{", members.map { "\(quoted($0.name)) : \($0.value.indented(by: inner))" }, "}")
    default: line
    }
  }
}

/// A value that is being put together.
private final class JSONBuilder {
  private enum Kind { case value(JSONContent), array, object }

  private var kind = Kind.value(.null)
  private var elements: [JSONBuilder] = []
  private var members: [String: JSONBuilder] = [:]

  var content: JSONContent {
    switch kind {
    case .value(let content): content
    case .array: .array(elements.map(\.content))
    case .object:
      .object(members.map { JSONMember(name: $0.key, line: 0, value: $0.value.content) })
    }
  }

  func set(_ content: JSONContent) { kind = .value(content) }

  func becomeObject() { kind = .object }

  func becomeArray() { kind = .array }

  var count: Int { elements.count }

  /// A new element at the end.
  func append() -> JSONBuilder {
    let element = JSONBuilder()
    elements.append(element)
    return element
  }

  /// The member of that name, in place of one that was.
  func member(_ name: String) -> JSONBuilder {
    let member = JSONBuilder()
    members[name] = member
    return member
  }
}

private struct JSONNodeEncoder: Encoder {
  let node: JSONBuilder
  let codingPath: [any CodingKey]
  let keys: JSONNode.KeyStyle
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.becomeObject()
    return KeyedEncodingContainer(ObjectEncoding(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.becomeArray()
    return ArrayEncoding(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { ValueEncoding(encoder: self) }

  func below(_ node: JSONBuilder, _ key: (any CodingKey)?) -> JSONNodeEncoder {
    JSONNodeEncoder(node: node, codingPath: codingPath + (key.map { [$0] } ?? []), keys: keys)
  }

  func encode(_ value: some Encodable) throws {
    switch value {
    case let flag as Bool: node.set(.flag(flag))
    case let text as String: node.set(.string(text))
    case let number as any BinaryFloatingPoint: node.set(Self.number(Double(number), "\(number)"))
    case let number as any FixedWidthInteger: node.set(.number("\(number)"))
    default: try value.encode(to: self)
    }
  }

  private static func number(_ value: Double, _ text: String) -> JSONContent {
    guard value.isFinite else { return .string(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf") }
    return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }
}

private struct ObjectEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: JSONNodeEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  private func member(_ key: any CodingKey) -> JSONNodeEncoder {
    encoder.below(encoder.node.member(encoder.keys.name(key)), key)
  }

  func encodeNil(forKey key: Key) { member(key).node.set(.null) }

  func encode(_ value: some Encodable, forKey key: Key) throws { try member(key).encode(value) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { member(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    member(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder }

  func superEncoder(forKey key: Key) -> any Encoder { member(key) }
}

private struct ArrayEncoding: UnkeyedEncodingContainer {
  let encoder: JSONNodeEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.node.count }

  private func element() -> JSONNodeEncoder { encoder.below(encoder.node.append(), nil) }

  func encodeNil() { element().node.set(.null) }

  func encode(_ value: some Encodable) throws { try element().encode(value) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> { element().container(keyedBy: type) }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }

  func superEncoder() -> any Encoder { element() }
}

private struct ValueEncoding: SingleValueEncodingContainer {
  let encoder: JSONNodeEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil() { encoder.node.set(.null) }

  func encode(_ value: some Encodable) throws { try encoder.encode(value) }
}
