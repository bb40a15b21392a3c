extension JSONNode {
  /// How names in a program become keys in a file.
  public enum KeyStyle: Sendable {
    /// As they are.
    case same
    /// "heldOutLoss" is "held_out_loss".
    case snakeCase

    func name(_ key: any CodingKey) -> String {
      switch self {
      case .same: key.stringValue
      case .snakeCase:
        key.stringValue.reduce(into: "") { name, character in
          name += character.isUppercase ? "_\(character.lowercased())" : "\(character)"
        }
      }
    }
  }

  /// The value of a type that says how it is decoded.
  /// - Throws: `FileError` that names the key, and what would be right.
  public func decoded<Value: Decodable>(
    as type: Value.Type = Value.self, keys: KeyStyle = .same
  ) throws(FileError) -> Value {
    do {
      return try JSONNodeDecoder(node: self, codingPath: [], keys: keys).decode(type)
    } catch let error as FileError {
      throw error
    } catch let error as DecodingError {
      throw self.error("cannot be read: \(Self.problem(error))")
    } catch { throw self.error("cannot be read: \(error)") }
  }

  /// What a type of ours has found wrong by itself.
  private static func problem(_ error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context):
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }
}

/// Gives types that say how they are decoded what a JSON file holds.
private struct JSONNodeDecoder: Decoder {
  let node: JSONNode
  let codingPath: [any CodingKey]
  let keys: JSONNode.KeyStyle
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(ObjectContainer(self, members: try node.members()))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    ArrayContainer(self, elements: try node.elements())
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { ValueContainer(decoder: self) }

  /// A value below this one.
  func below(_ node: JSONNode, _ key: any CodingKey) -> JSONNodeDecoder {
    JSONNodeDecoder(node: node, codingPath: codingPath + [key], keys: keys)
  }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value: Any? =
      switch type {
      case is Bool.Type: try node.flag()
      case is String.Type: try node.text()
      case is Double.Type: try node.number()
      case is Float.Type: Float(try node.number())
      case let type as any (FixedWidthInteger & Decodable).Type: try integer(type)
      default: nil
      }
    if let value = value as? Value { return value }
    return try Value(from: self)
  }

  private func integer<Number: FixedWidthInteger & Decodable>(_ type: Number.Type) throws -> Number
  {
    try node.integer(type)
  }
}

/// An object's members by their keys.
private struct ObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  private let decoder: JSONNodeDecoder
  private let members: [String: JSONNode]
  private let names: [String]

  init(_ decoder: JSONNodeDecoder, members: [(name: String, value: JSONNode)]) {
    self.decoder = decoder
    names = members.map(\.name)
    self.members = Dictionary(members) { first, _ in first }
  }

  var codingPath: [any CodingKey] { decoder.codingPath }

  var allKeys: [Key] { names.compactMap(Key.init(stringValue:)) }

  private func name(_ key: Key) -> String { decoder.keys.name(key) }

  func contains(_ key: Key) -> Bool { members[name(key)] != nil }

  private func member(_ key: Key) throws -> JSONNodeDecoder {
    guard let member = members[name(key)] else {
      let place = decoder.node.key.isEmpty ? "" : "\(decoder.node.key)."
      throw FileError(.badData, decoder.node.path, "\(place)\(name(key)) is missing")
    }
    return decoder.below(member, key)
  }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key).node.isNull }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try member(key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try member(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try member(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder }

  func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }
}

/// An array's elements, one after the other.
private struct ArrayContainer: UnkeyedDecodingContainer {
  private let decoder: JSONNodeDecoder
  private let elements: [JSONNode]
  private(set) var currentIndex = 0

  /// The place of an element, as a key.
  private struct Index: CodingKey {
    let intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }

    init(intValue: Int) { self.intValue = intValue }
    init?(stringValue: String) { nil }
  }

  init(_ decoder: JSONNodeDecoder, elements: [JSONNode]) {
    (self.decoder, self.elements) = (decoder, elements)
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  private mutating func next() throws -> JSONNodeDecoder {
    guard !isAtEnd else { throw decoder.node.error("has only \(elements.count) elements") }
    defer { currentIndex += 1 }
    return decoder.below(elements[currentIndex], Index(intValue: currentIndex))
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next().decode(type)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try next() }
}

/// A value that stands for itself.
private struct ValueContainer: SingleValueDecodingContainer {
  let decoder: JSONNodeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.node.isNull }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.decode(type) }
}
