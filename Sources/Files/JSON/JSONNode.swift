/// A value in a JSON file, which knows its place there for messages.
///
/// Keys keep their order and are told apart scalar by scalar: Swift's strings take U+212B and U+00C5
/// for the same, but a vocabulary may have both.
public struct JSONNode: Sendable {
  /// The file.
  public let path: String
  /// The keys that lead to the value: "model.vocab"; empty for the whole file.
  public let key: String
  let content: JSONContent

  /// Reads a whole file.
  /// - Throws: `FileError` when it cannot be read, is longer than `limit` bytes, or is not JSON.
  public init(path: String, limit: Int = 16 << 20) throws(FileError) {
    try self.init(InputFile(path), limit: limit)
  }

  /// Reads a whole file that is open.
  /// - Throws: `FileError`, as for a path.
  public init(_ file: InputFile, limit: Int = 16 << 20) throws(FileError) {
    try self.init(file.readAll(limit: limit), path: file.path)
  }

  /// Reads a text; `path` is its name in messages.
  /// - Throws: `FileError` when it is not JSON.
  public init(_ text: [UInt8], path: String) throws(FileError) {
    do throws(JSONError) {
      var scanner = try JSONScanner(text)
      let content = try scanner.content()
      try scanner.end()
      self.init(path, "", content)
    } catch {
      throw FileError(.badData, path, "is not JSON that can be read: \(error.message)")
    }
  }

  package init(_ path: String, _ key: String, _ content: JSONContent) {
    (self.path, self.key, self.content) = (path, key, content)
  }

  /// An error that blames this value; `message` follows its key.
  public func error(_ message: String) -> FileError {
    FileError(.badData, path, key.isEmpty ? message : "\(key) \(message)")
  }

  func wrong(_ expected: String) -> FileError {
    error("is \(content.phrase), but must be \(expected)")
  }

  /// What a key of this is called in messages.
  private func place(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

  private func node(_ member: JSONMember) -> JSONNode {
    JSONNode(path, place(member.name), member.value)
  }

  /// The value of a key, or nil where the object does not have it or says null.
  /// - Throws: `FileError` when this is no object.
  public subscript(name: String) -> JSONNode? {
    get throws(FileError) {
      guard let member = try member(name), !member.isNull else { return nil }
      return member
    }
  }

  /// The value of a key, null included, or nil where the object does not have it.
  func member(_ name: String) throws(FileError) -> JSONNode? {
    guard case .object(let members) = content else { throw wrong("an object") }
    return members.first { $0.name == name }.map(node)
  }

  /// The value of a key.
  /// - Throws: `FileError` when this is no object, or does not have it or says null.
  public func value(_ name: String) throws(FileError) -> JSONNode {
    guard let value = try self[name] else {
      throw FileError(.badData, path, "\(place(name)) is missing")
    }
    return value
  }

  /// The keys of an object and their values, in the file's order.
  /// - Throws: `FileError` when this is no object.
  public func members() throws(FileError) -> [(name: String, value: JSONNode)] {
    guard case .object(let members) = content else { throw wrong("an object") }
    return members.map { ($0.name, node($0)) }
  }

  /// The elements of an array.
  /// - Throws: `FileError` when this is none.
  public func elements() throws(FileError) -> [JSONNode] {
    guard case .array(let elements) = content else { throw wrong("an array") }
    return elements.enumerated().map { JSONNode(path, "\(key)[\($0)]", $1) }
  }

  /// A string.
  /// - Throws: `FileError` when this is none.
  public func text() throws(FileError) -> String {
    guard case .string(let text) = content else { throw wrong("text") }
    return text
  }

  /// A whole number that is not negative.
  /// - Throws: `FileError` when this is none.
  public func natural() throws(FileError) -> Int {
    guard case .number(let digits) = content, let number = Int(digits), number >= 0 else {
      throw wrong("a whole number, not negative")
    }
    return number
  }

  /// A whole number that a type can hold.
  func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws(FileError) -> Number {
    guard case .number(let digits) = content, let number = Number(digits) else {
      throw wrong("a whole number, \(Number.min) to \(Number.max)")
    }
    return number
  }

  /// A number; one that is not finite stands there as text: "inf", "-inf" or "nan".
  /// - Throws: `FileError` when this is none, or larger than a number can be.
  func number() throws(FileError) -> Double {
    switch content {
    case .number(let digits):
      if let number = Double(digits), number.isFinite { return number }
    case .string("inf"): return .infinity
    case .string("-inf"): return -.infinity
    case .string("nan"): return .nan
    default: break
    }
    throw wrong("a number")
  }

  /// True or false.
  /// - Throws: `FileError` when this is neither.
  public func flag() throws(FileError) -> Bool {
    guard case .flag(let flag) = content else { throw wrong("true or false") }
    return flag
  }

  /// Whether this is an array.
  public var isArray: Bool { if case .array = content { true } else { false } }

  /// Whether this is a string.
  public var isText: Bool { if case .string = content { true } else { false } }

  /// Whether this is an object.
  public var isObject: Bool { if case .object = content { true } else { false } }

  /// Whether this is null.
  public var isNull: Bool { if case .null = content { true } else { false } }
}
