/// A value in a JSON file, which knows its place there for messages.
///
/// For files of other programs that are too large for `ConfigurationFile`, such as vocabularies. Keys
/// keep their order and are told apart scalar by scalar: Swift's strings take U+212B and U+00C5 for the
/// same, but a vocabulary may have both.
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
    let path = file.path
    let bytes = try file.readAll(limit: limit)
    do throws(JSONError) {
      var scanner = try JSONScanner(bytes)
      let content = try scanner.content()
      try scanner.end()
      self.init(path, "", content)
    } catch {
      throw FileError(.badData, path, "is not JSON that can be read: \(error.message)")
    }
  }

  private init(_ path: String, _ key: String, _ content: JSONContent) {
    (self.path, self.key, self.content) = (path, key, content)
  }

  /// An error that blames this value; `message` follows its key.
  public func error(_ message: String) -> FileError {
    FileError(.badData, path, key.isEmpty ? message : "\(key) \(message)")
  }

  private func wrong(_ expected: String) -> FileError {
    error("is \(content.phrase), but must be \(expected)")
  }

  /// The value of a key, or nil where the object does not have it or says null.
  /// - Throws: `FileError` when this is no object.
  public subscript(name: String) -> JSONNode? {
    get throws(FileError) {
      guard case .object(let members) = content else { throw wrong("an object") }
      guard let member = members.first(where: { $0.name == name }) else { return nil }
      if case .null = member.value { return nil }
      return JSONNode(path, key.isEmpty ? name : "\(key).\(name)", member.value)
    }
  }

  /// The value of a key.
  /// - Throws: `FileError` when this is no object, or does not have it or says null.
  public func value(_ name: String) throws(FileError) -> JSONNode {
    guard let value = try self[name] else {
      throw FileError(
        .badData, path, "\(key.isEmpty ? name : "\(key).\(name)") is missing")
    }
    return value
  }

  /// The keys of an object and their values, in the file's order.
  /// - Throws: `FileError` when this is no object.
  public func members() throws(FileError) -> [(name: String, value: JSONNode)] {
    guard case .object(let members) = content else { throw wrong("an object") }
    return members.map { ($0.name, JSONNode(path, "\(key).\($0.name)", $0.value)) }
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
}

/// What JSON says.
enum JSONContent: Sendable {
  case null
  case flag(Bool)
  /// As it is written.
  case number(String)
  case string(String)
  case array([JSONContent])
  case object([(name: String, value: JSONContent)])

  /// For messages: what is there, when something else should be.
  var phrase: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .number(let digits): String(digits.prefix(40))
    case .string(let text): text.unicodeScalars.count < 40 ? quoted(text) : "text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
